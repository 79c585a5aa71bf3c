// Search over the index that stands beside the page, and buttons that copy an IRI. Without this
// script the page is a plain list.
"use strict";

const SHOWN = 60;
const ALIKE = { "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'" };

// As kg/ontology/folding.py folds the keys of the index.
function folded(text) {
  return text.toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replace(/\p{Mn}/gu, "")
    .replace(/[ٱىیکةـœæøłđ’]/g, (letter) => ALIKE[letter])
    .replace(/[\s_\-‐-―]+/g, " ").trim();
}

// 0 for the whole name, 1 for its beginning, 2 for the beginning of a word, 3 for a part.
function rank(keys, wanted) {
  let best = 9;
  for (const key of keys) {
    const place = key.indexOf(wanted);
    if (place < 0) continue;
    const word = [" ", " ال", ":", "'", "("].some((sign) => (" " + key).includes(sign + wanted));
    const found = key === wanted ? 0 : place === 0 ? 1 : word ? 2 : 3;
    best = Math.min(best, found);
  }
  return best;
}

// The entries of the page itself, where no index can be fetched, as from a disk.
function entriesOfPage() {
  return [...document.querySelectorAll("dl.entries dt[id]")].map((entry) => {
    const label = entry.querySelector("a").textContent;
    const name = entry.querySelector("code").textContent;
    const kind = entry.querySelector(".tag").textContent;
    return { label, name, kind, address: "#" + entry.id, keys: [folded(label), folded(name), folded(entry.id)] };
  });
}

async function entriesOfIndex(form) {
  try {
    const rows = await (await fetch(form.dataset.index)).json();
    return rows.map(([label, name, kind, address, keys]) =>
      ({ label, name, kind, address: form.dataset.root + address, keys: keys.split("|") }));
  } catch {
    return entriesOfPage();
  }
}

function part(tag, text, look) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (look) made.className = look;
  return made;
}

function item(entry) {
  const link = document.createElement("a");
  link.href = entry.address;
  const name = part("code", entry.name, "quiet");
  name.dir = "ltr";
  link.append(part("bdi", entry.label), name, part("span", entry.kind, "kind"));
  const made = document.createElement("li");
  made.append(link);
  return made;
}

function prepareSearch(form) {
  const field = form.querySelector("input");
  const list = form.querySelector("ol");
  const count = form.querySelector("[role=status]");
  let entries = null;
  async function search() {
    entries ??= entriesOfIndex(form);
    const all = await entries;
    const wanted = folded(field.value);
    const found = wanted === "" ? [] : all
      // Among names that fit alike, those in the language of the page come first.
      .map((entry) => ({ entry, rank: rank(entry.keys, wanted) + (folded(entry.label).includes(wanted) ? 0 : 0.5) }))
      .filter((hit) => hit.rank < 9)
      .sort((a, b) => a.rank - b.rank || a.entry.label.length - b.entry.label.length || a.entry.label.localeCompare(b.entry.label));
    list.replaceChildren(...found.slice(0, SHOWN).map((hit) => item(hit.entry)));
    count.textContent = wanted === "" ? "" : found.length ? form.dataset.some.replace("{0}", found.length) : form.dataset.none;
  }
  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  form.hidden = false;
  if (field.value) search();
}

function prepareCopying(button) {
  const label = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 1500);
  });
}

document.querySelectorAll("form.find").forEach(prepareSearch);
document.querySelectorAll("button.copy").forEach(prepareCopying);
