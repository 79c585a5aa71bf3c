// Completion for fields that search names: a listbox below each, by the ARIA combobox pattern.
// Without this script a field is a plain form.
"use strict";

(() => {
  const complete = (field, list) => {
    let waiting = 0;
    let asked = 0;
    let active = -1;

    const close = () => {
      list.hidden = true;
      active = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };

    const mark = (position) => {
      const options = [...list.children];
      if (!options.length) return;
      active = (position + options.length) % options.length;
      options.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
      field.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    };

    const follow = (option) => {
      if (option.dataset.page) window.location.assign(option.dataset.page);
    };

    const show = (results) => {
      list.replaceChildren(...results.map((result, i) => {
        const option = document.createElement("li");
        option.id = `${field.id}-${i}`;
        option.role = "option";
        const name = document.createElement("bdi");
        name.textContent = result.label;
        const kind = document.createElement("span");
        kind.className = "tag";
        kind.textContent = result.kind_label || result.kind;
        option.append(name, " ", kind);
        option.dataset.page = carried(result.page || "");
        // Before the field loses the focus, which closes the list.
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          follow(option);
        });
        return option;
      }));
      list.hidden = !results.length;
      active = -1;
      field.setAttribute("aria-expanded", String(!list.hidden));
    };

    // What the form keeps (the bloc, the release) goes to the page as well.
    const carried = (page) => {
      if (!page) return page;
      const address = new URL(page, window.location.href);
      field.form.querySelectorAll("input[type=hidden]").forEach((kept) => {
        if (!address.searchParams.has(kept.name)) address.searchParams.set(kept.name, kept.value);
      });
      return address.href;
    };

    const ask = async () => {
      const text = field.value.trim();
      const number = (asked += 1);
      if (text.length < 2) return close();
      const address = new URL(field.form.dataset.api, window.location.href);
      address.searchParams.set("q", text);
      address.searchParams.set("limit", "8");
      try {
        const response = await fetch(address);
        if (!response.ok || number !== asked) return;
        const found = await response.json();
        if (number === asked && document.activeElement === field) show(found.results);
      } catch {
        close(); // the form still works
      }
    };

    field.addEventListener("input", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(ask, 120);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      else if (list.hidden) return;
      else if (event.key === "ArrowDown") mark(active + 1);
      else if (event.key === "ArrowUp") mark(active - 1);
      else if (event.key === "Enter" && active >= 0) follow(list.children[active]);
      else return;
      event.preventDefault();
    });
    field.addEventListener("blur", close);
  };

  document.querySelectorAll("form[data-api] [role=combobox]").forEach((field) => {
    const list = document.getElementById(field.getAttribute("aria-controls"));
    if (list) complete(field, list);
  });
})();
