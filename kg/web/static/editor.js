// The SPARQL page: an editor in place of the text field, answers without leaving the page.
// Without this script the form sends its query and gets the same page with the answer.
"use strict";

(() => {
  const form = document.getElementById("query-form");
  const field = document.getElementById("query");
  if (!form || !field || typeof Yasqe === "undefined") return;
  const answer = document.getElementById("answer");
  const status = document.getElementById("query-status");
  const stop = document.getElementById("query-stop");
  const LONGEST_ADDRESS = 6000; // beyond it a query is sent in the body, and has no link
  let running = null;
  let marks = [];

  // Completion: one file of the release; YASQE's own lists come from other hosts.
  const known = { prefixes: {}, classes: [], properties: [] };
  const labels = new Map();
  const uses = new Map();
  const named = (hints) => hints.map((hint) => {
    const [iri] = [...labels.keys()]
      .filter((key) => (hint.text || "").includes(key) || hint.text === shortened(key))
      .sort((a, b) => b.length - a.length); // #TrainingSeries is not #Training
    if (!iri) return hint;
    const count = (uses.get(iri) || 0).toLocaleString(document.documentElement.lang);
    return { ...hint, uses: uses.get(iri) || 0,
      displayText: `${shortened(iri)}  ${labels.get(iri)}  ${count}` };
  }).sort((a, b) => (b.uses || 0) - (a.uses || 0)); // what the graph holds most of comes first
  const shortened = (iri) => {
    const found = Object.entries(known.prefixes).find(([, start]) => iri.startsWith(start));
    return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
  };
  const loaded = fetch(form.dataset.completion)
    .then((response) => (response.ok ? response.json() : known))
    .then((document) => {
      Object.assign(known, document);
      for (const term of [...known.classes, ...known.properties]) {
        labels.set(term.iri, term.label);
        uses.set(term.iri, term.uses);
      }
    })
    .catch(() => undefined); // the editor works without
  const lists = {
    prefixes: () => Object.entries(known.prefixes).map(([name, iri]) => `${name}: <${iri}>`),
    class: () => known.classes.map((term) => term.iri),
    property: () => known.properties.map((term) => term.iri),
  };
  for (const [name, list] of Object.entries(lists)) {
    const completer = Yasqe.Autocompleters[name];
    if (!completer) continue;
    completer.persistenceId = null;
    completer.bulk = true;
    completer.get = () => loaded.then(list);
    if (name !== "prefixes") completer.postprocessHints = (_, hints) => named(hints);
  }

  const holder = document.createElement("div");
  field.after(holder);
  field.hidden = true;
  const yasqe = new Yasqe(holder, {
    value: field.value,
    persistenceId: null,
    showQueryButton: false,
    createShareableLink: null,
    resizeable: false,
    collapsePrefixesOnLoad: false,
    viewportMargin: Infinity,
    consumeShareLink: null,
    extraKeys: {
      ...Yasqe.defaults.extraKeys,
      "Ctrl-Enter": () => form.requestSubmit(),
      "Cmd-Enter": () => form.requestSubmit(),
      Tab: false, // whoever uses the keyboard alone must be able to leave
      "Shift-Tab": false,
    },
  });
  yasqe.getInputField().setAttribute("aria-label", form.dataset.label);
  form.querySelector("label[for=query]").addEventListener("click", () => yasqe.focus());
  yasqe.on("change", () => {
    field.value = yasqe.getValue();
    unmark();
  });

  const unmark = () => {
    marks.forEach((undo) => undo());
    marks = [];
  };

  // An error is marked at its line and column, as the answer names them.
  const mark = () => {
    unmark();
    const place = document.querySelector("#problem[data-line]");
    if (!place) return;
    const line = Number(place.dataset.line) - 1;
    const column = Math.max(Number(place.dataset.column || 1) - 1, 0);
    const handle = yasqe.addLineClass(line, "background", "faulty");
    const text = yasqe.markText({ line, ch: column }, { line, ch: column + 1 },
      { className: "faulty-place" });
    marks = [() => yasqe.removeLineClass(handle, "background", "faulty"), () => text.clear()];
    yasqe.setCursor({ line, ch: column });
  };

  const show = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = page.getElementById("answer");
    if (!found) return false;
    answer.replaceChildren(...[...found.childNodes].map((node) => document.importNode(node, true)));
    prepare();
    return true;
  };

  const prepare = () => {
    mark();
    const copy = document.getElementById("copy");
    if (!copy || !navigator.clipboard) return;
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById("share").value);
      status.textContent = form.dataset.copied;
    });
  };

  const run = async (view) => {
    if (running) running.abort();
    const mine = new AbortController();
    running = mine;
    const values = new URLSearchParams(new FormData(form));
    values.set("format", "html");
    if (view) values.set("view", view);
    const address = new URL(form.action);
    const options = { headers: { Accept: "text/html" }, signal: mine.signal };
    const long = values.toString().length > LONGEST_ADDRESS;
    if (long) {
      if (view) address.searchParams.set("view", view);
      Object.assign(options, { method: "POST", body: values });
    } else address.search = values.toString();
    status.textContent = form.dataset.running;
    answer.setAttribute("aria-busy", "true");
    stop.hidden = false;
    try {
      const response = await fetch(address, options);
      const text = await response.text();
      if (!show(text)) throw new TypeError("no answer in it");
      if (!long) window.history.pushState(null, "", address);
      const said = answer.querySelector(".bar p");
      status.textContent = said ? said.innerText : "";
    } catch (error) {
      if (running !== mine) return; // another run took its place
      status.textContent = error.name === "AbortError"
        ? form.dataset.stopped : form.dataset.unreachable;
    } finally {
      if (running === mine) {
        running = null;
        stop.hidden = true;
        answer.removeAttribute("aria-busy");
      }
    }
  };

  form.addEventListener("submit", (event) => {
    field.value = yasqe.getValue();
    if (document.getElementById("format").value !== "html") return; // a download
    event.preventDefault();
    run("");
  });
  stop.addEventListener("click", () => running && running.abort());
  answer.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    run(link.dataset.view).then(() => {
      const now = answer.querySelector("a[data-view][aria-current]");
      if (now) now.focus();
    });
  });
  window.addEventListener("popstate", () => window.location.reload());

  // A thing by its name: its IRI goes where the cursor is.
  const finder = document.getElementById("finder");
  if (finder) {
    finder.hidden = false;
    const text = document.getElementById("finder-text");
    window.rihlaCombobox.attach(text, document.getElementById("finder-results"), {
      find: window.rihlaCombobox.byName(finder.dataset.api),
      show: window.rihlaCombobox.named,
      take: ({ entity }) => {
        yasqe.replaceSelection(`<${entity}>`);
        text.value = "";
        yasqe.focus();
      },
      least: 2,
      wait: 120,
      alone: true, // it sends no query
    });
  }
  prepare();
})();
