// Completion of names in the fields of pairs and comparisons, and panels that are asked when opened.
// Without this script the fields are plain forms and the panels links to their own pages.
"use strict";

for (const field of document.querySelectorAll("input[data-complete]")) {
  const list = document.getElementById(field.getAttribute("list"));
  let waiting = 0;
  const ask = async () => {
    const text = field.value.trim();
    if (text.length < 2) return;
    const address = new URL(field.dataset.complete, window.location.href);
    address.searchParams.set("q", text);
    address.searchParams.set("limit", "8");
    try {
      const response = await fetch(address);
      if (!response.ok || field.value.trim() !== text) return;
      const { results } = await response.json();
      list.replaceChildren(...results.filter((found) => found.page).map((found) => {
        const option = document.createElement("option");
        option.value = found.label;
        option.label = found.kind;
        return option;
      }));
    } catch {
      list.replaceChildren(); // the form still works
    }
  };
  field.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, 150);
  });
}

for (const later of document.querySelectorAll("details[data-panel]")) {
  later.addEventListener("toggle", async () => {
    if (!later.open || later.dataset.asked) return;
    later.dataset.asked = "yes";
    const place = later.querySelector(".waiting");
    const address = new URL(later.dataset.panel, window.location.href);
    address.searchParams.set("bare", "1");
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(String(response.status));
      const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
      place.replaceWith(...parsed.body.childNodes);
    } catch {
      delete later.dataset.asked;
      place.append(` ${later.dataset.failed}`);
    }
  });
}
