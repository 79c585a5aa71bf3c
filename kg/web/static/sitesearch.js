// Search on pages that stand as files: names come in shards by the beginnings of their words.
// A shard is a script that calls rihlaNames, since pages on a disk may not fetch files.
"use strict";

(() => {
  const MOST = 50;
  const form = document.getElementById("site-names");
  const field = form.elements.q;
  const kind = form.elements.kind;
  const list = document.getElementById("names-found");
  const said = document.getElementById("names-said");
  const shards = JSON.parse(form.dataset.shards);
  const kinds = JSON.parse(form.dataset.kinds);
  const loaded = new Map();
  const waiting = new Map();

  // As kg/search.py and kg/folding.py fold names.
  const ALIKE = { "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "", "œ": "oe", "æ": "ae",
    "ø": "o", "ł": "l", "đ": "d", "’": "'", "ß": "ss", "ς": "σ" };
  const UNSPACED = /([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f])/g;
  const words = (text) => {
    const bare = [...text.toLowerCase().normalize("NFKD").replace(/\p{Mn}/gu, "")];
    const alike = bare.map((letter) => ALIKE[letter] ?? letter).join("");
    return alike.replace(UNSPACED, " $1 ").match(/[\p{L}\p{N}]+/gu) || [];
  };

  window.rihlaNames = (prefix, rows) => {
    loaded.set(prefix, rows);
    (waiting.get(prefix) || (() => {}))();
  };

  const hex = (text) =>
    [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const load = (prefix) => loaded.has(prefix) ? Promise.resolve() : new Promise((done, failed) => {
    waiting.set(prefix, done);
    const script = document.createElement("script");
    script.src = `names/${hex(prefix)}.js`;
    script.addEventListener("error", failed);
    document.head.append(script);
  });

  // Shards whose names may have a word that begins so: one that the word goes on from, or all
  // that go on from the word.
  const shardsOf = (word) =>
    shards.filter((prefix) => prefix.startsWith(word) || word.startsWith(prefix));

  const fit = (row, whole) => row[0] === whole ? 0 : row[0].startsWith(whole) ? 1 : 2;

  const matches = (row, asked) => {
    const own = row[0].split(" ");
    return asked.every((word) => own.some((other) => other.startsWith(word)));
  };

  const found = (prefixes, asked) => {
    const whole = asked.join(" ");
    const best = new Map();
    for (const prefix of prefixes) {
      for (const row of loaded.get(prefix) || []) {
        if (kind.value !== "" && row[3] !== Number(kind.value)) continue;
        if (!matches(row, asked)) continue;
        const rank = [fit(row, whole), row[2] ? 1 : 0, -row[5], row[3], row[0].length];
        const known = best.get(row[4]);
        if (!known || before(rank, known.rank)) best.set(row[4], { row, rank });
      }
    }
    return [...best.values()].sort((a, b) => before(a.rank, b.rank) ? -1 : 1).map(({ row }) => row);
  };

  const before = (a, b) => {
    const i = a.findIndex((value, at) => value !== b[at]);
    return i >= 0 && a[i] < b[i];
  };

  const show = (rows) => {
    list.replaceChildren(...rows.slice(0, MOST).map(([, label, other, of, place]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = place;
      link.dir = "auto";
      link.textContent = label;
      const tag = document.createElement("span");
      tag.className = "tag";
      tag.textContent = kinds[of];
      item.append(link, " ", tag);
      if (other) {
        const also = document.createElement("bdi");
        also.className = "labels";
        also.textContent = ` ${other}`;
        item.append(" ", also);
      }
      return item;
    }));
    said.textContent = rows.length > MOST ? said.dataset.more : rows.length ? "" : said.dataset.none;
  };

  let number = 0;
  const search = async () => {
    const own = (number += 1);
    const asked = words(field.value);
    // the longest word is in the fewest shards; those of one letter are read where it is a word
    const longest = [...asked].sort((a, b) => b.length - a.length)[0] || "";
    const prefixes = longest.length > 1 ? shardsOf(longest) : shards.filter((p) => p === longest);
    if (!longest || (longest.length < 2 && !prefixes.length)) {
      list.replaceChildren();
      said.textContent = "";
      return;
    }
    try {
      await Promise.all(prefixes.map(load));
    } catch {
      said.textContent = said.dataset.failed;
      return;
    }
    if (own === number) show(found(prefixes, asked));
  };

  const keep = () => {
    const address = new URL(window.location.href);
    address.searchParams.set("q", field.value);
    if (kind.value === "") address.searchParams.delete("kind");
    else address.searchParams.set("kind", kind.value);
    window.history.replaceState(null, "", address);
  };

  let pause = 0;
  field.addEventListener("input", () => {
    window.clearTimeout(pause);
    pause = window.setTimeout(search, 100);
  });
  kind.addEventListener("change", () => { keep(); search(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep();
    search();
  });

  const given = new URLSearchParams(window.location.search);
  field.value = given.get("q") || "";
  if (given.get("kind")) kind.value = given.get("kind");
  if (field.value) search();
})();
