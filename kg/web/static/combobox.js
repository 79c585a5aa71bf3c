// A field that offers below it what fits what is typed, by the ARIA combobox pattern: for the
// search of the site, the SPARQL editor and the map of a network.
"use strict";

window.rihlaCombobox = (() => {
  // field: its text is looked for. list: the listbox below it. Options:
  //   find(text)    the results, at once or as a promise; where it fails the list closes
  //   show(result)  the nodes that stand for a result
  //   take(result)  what to do with the one that was chosen
  //   least, wait   letters before it looks, and milliseconds after the last one
  //   first         whether Enter takes the first result where none was marked
  //   alone         whether Enter never sends the form
  const attach = (field, list, options) => {
    const { find, show, take, least = 1, wait = 0, first = false, alone = false } = options;
    let results = [];
    let active = -1;
    let asked = 0;
    let waiting = 0;

    const offer = (found) => {
      results = found;
      active = -1;
      list.replaceChildren(...results.map((result, i) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${i}`;
        option.setAttribute("role", "option");
        option.append(...show(result));
        // Before the field loses the focus, which closes the list.
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(i);
        });
        return option;
      }));
      list.hidden = !results.length;
      field.setAttribute("aria-expanded", String(!list.hidden));
      field.removeAttribute("aria-activedescendant");
    };
    const close = () => {
      window.clearTimeout(waiting);
      asked += 1; // what is still on its way comes too late
      offer([]);
    };
    const choose = (i) => {
      const chosen = results[i];
      close();
      take(chosen);
    };
    const mark = (position) => {
      active = (position + results.length) % results.length;
      const marked = list.children[active];
      [...list.children].forEach((o) => o.setAttribute("aria-selected", String(o === marked)));
      field.setAttribute("aria-activedescendant", marked.id);
      marked.scrollIntoView({ block: "nearest" });
    };
    const ask = async () => {
      const number = (asked += 1);
      const text = field.value.trim();
      if (text.length < least) return close();
      try {
        const found = await find(text);
        if (number === asked && document.activeElement === field) offer(found);
      } catch {
        if (number === asked) close();
      }
    };

    field.addEventListener("input", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(ask, wait);
    });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (alone && event.key === "Enter") event.preventDefault();
      if (list.hidden) return;
      if (event.key === "Escape") close();
      else if (event.key === "ArrowDown") mark(active + 1);
      else if (event.key === "ArrowUp") mark(active < 0 ? -1 : active - 1);
      else if (event.key === "Enter" && (first || active >= 0)) choose(Math.max(active, 0));
      else return;
      event.preventDefault();
    });
  };

  // What the server finds by name, and how it is shown: for ``find`` and ``show``.
  const byName = (api) => async (text) => {
    const address = new URL(api, window.location.href);
    address.searchParams.set("q", text);
    address.searchParams.set("limit", "8");
    const response = await fetch(address);
    return response.ok ? (await response.json()).results : [];
  };
  const named = (result) => {
    const name = document.createElement("bdi");
    name.textContent = result.label;
    const kind = document.createElement("span");
    kind.className = "tag";
    kind.textContent = result.kind_label || result.kind;
    return [name, " ", kind];
  };
  return { attach, byName, named };
})();
