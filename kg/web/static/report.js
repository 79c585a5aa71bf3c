// Looks every few seconds how far a report is, and shows what the page says then.
"use strict";
(() => {
  const EVERY = 2500;
  const state = document.getElementById("state");

  async function look() {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const now = page.getElementById("state");
        if (now) {
          state.replaceChildren(...document.importNode(now, true).childNodes);
          state.dataset.state = now.dataset.state;
        }
      }
    } catch {
      // the server may be away for a moment: ask again
    }
    if (state.dataset.state === "making") setTimeout(look, EVERY);
  }

  if (state && state.dataset.state === "making") setTimeout(look, EVERY);
})();
