// A network to look around in: sigma.js draws what the server has placed.
// Without this script, or without WebGL, the page shows the server's drawing and a table.
"use strict";

(() => {
  const section = document.getElementById("network");
  if (!section) return;
  const texts = JSON.parse(section.dataset.texts);
  const stage = section.querySelector(".stage");
  const canvas = section.querySelector(".canvas");
  const tools = section.querySelector(".tools");
  const legend = section.querySelector(".legend");
  const aside = section.querySelector(".chosen-node");
  const status = section.querySelector(".status");
  const sizeField = document.getElementById("p-size");
  const colourField = document.getElementById("p-colour");
  const empty = aside.firstElementChild;
  const PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8C6BB1", "#7F7F00", "#1F9E9E", "#B35978"];
  const OTHER = "#8A9499";
  const MOST_LISTED = 100;
  const SVG = "http://www.w3.org/2000/svg";
  const state = { node: null, edge: null, near: null, only: false, path: null, hover: null };
  let data, graph, sigma, theme, groups;

  const say = (text) => { status.textContent = text; };
  const fill = (text, ...values) => values.reduce((t, v, i) => t.replace(`{${i}}`, v).replace("{}", v), text);
  const number = (value) => new Intl.NumberFormat(document.documentElement.lang === "fr" ? "fr" : "en", { maximumSignificantDigits: 6 }).format(value);
  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children.filter((child) => child !== null));
    return made;
  };
  const button = (label, act, properties = {}) => {
    const made = element("button", { type: "button", ...properties }, label);
    made.addEventListener("click", act);
    return made;
  };
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const pageOf = (iri) => {
    if (!iri.startsWith(section.dataset.base)) return /^https?:/.test(iri) ? iri : null;
    const [kind, ...key] = iri.slice(section.dataset.base.length).split("/");
    return section.dataset.page.replace("KIND", encodeURIComponent(kind)).replace("KEY", key.map(encodeURIComponent).join("/"));
  };
  const isDark = () => window.matchMedia("(prefers-color-scheme: dark)").matches;
  const readTheme = () => {
    const value = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    return { ink: value("--ink"), surface: value("--surface"), accent: value("--accent"), muted: value("--muted"),
      edge: isDark() ? "#3d4b53" : "#c9d0d3", faint: isDark() ? "#232d32" : "#eceff0", pale: isDark() ? "#37444b" : "#d8dddf" };
  };

  // What a node is coloured by, and the colours of the most frequent groups.
  const groupOf = (i) => {
    const by = colourField.value;
    return by === "community" ? String(data.nodes.community[i]) : data.nodes[by][i] || "";
  };
  const nameOfGroup = (group) => {
    if (!group) return texts.none;
    if (colourField.value === "community") return fill(texts.community, group);
    return group.split(" + ").map((iri) => data.names[iri] || iri.split("/").pop()).join(" + ");
  };
  const paintGroups = () => {
    const counts = new Map();
    data.nodes.id.forEach((_, i) => counts.set(groupOf(i), (counts.get(groupOf(i)) || 0) + 1));
    const order = [...counts.keys()].filter((g) => g).sort((a, b) => counts.get(b) - counts.get(a) || a.length - b.length || (a < b ? -1 : 1));
    groups = new Map(order.slice(0, PALETTE.length).map((group, i) => [group, PALETTE[i]]));
    data.nodes.id.forEach((_, i) => graph.setNodeAttribute(String(i), "color", groups.get(groupOf(i)) || OTHER));
    const entry = (colour, text) => {
      const dot = document.createElementNS(SVG, "svg");
      dot.setAttribute("viewBox", "0 0 10 10");
      dot.setAttribute("aria-hidden", "true");
      const disc = document.createElementNS(SVG, "circle");
      Object.entries({ cx: 5, cy: 5, r: 5, fill: colour }).forEach(([k, v]) => disc.setAttribute(k, v));
      dot.append(disc);
      return element("li", {}, dot, element("bdi", { textContent: text }));
    };
    const shown = [...groups].map(([group, colour]) => entry(colour, nameOfGroup(group)));
    if (counts.size > groups.size) shown.push(entry(OTHER, texts.other));
    legend.replaceChildren(...shown);
  };
  const sized = () => {
    const scores = data.nodes.size.map((s) => (s === null || s < 0 ? 0 : s));
    const most = Math.max(...scores, 1e-12);
    const shrink = Math.min(1, (400 / Math.max(scores.length, 1)) ** 0.25);
    return scores.map((s) => (2.5 + 14 * Math.sqrt(s / most)) * shrink);
  };

  const build = () => {
    const Graph = window.graphology.Graph || window.graphology;
    graph = new Graph({ type: data.directed ? "directed" : "undirected", multi: false, allowSelfLoops: true });
    const sizes = sized();
    data.nodes.id.forEach((_, i) => graph.addNode(String(i), { x: data.nodes.x[i], y: data.nodes.y[i], size: sizes[i], label: data.nodes.label[i] }));
    const most = data.edges.weight.reduce((a, b) => Math.max(a, b), 1e-12);
    const thin = data.edges.source.length > 5000 ? 0.5 : 1;
    data.edges.source.forEach((source, i) => {
      graph.addEdgeWithKey(String(i), String(source), String(data.edges.target[i]), { size: (0.6 + 3.4 * Math.sqrt(data.edges.weight[i] / most)) * thin });
    });
  };

  const nodeLook = (node, attributes) => {
    const look = { ...attributes };
    if (state.path) {
      if (!state.path.nodes.has(node)) return { ...look, color: theme.pale, label: "", zIndex: 0 };
      return { ...look, forceLabel: true, zIndex: 2 };
    }
    if (state.node === null) return look;
    if (node === state.node) return { ...look, forceLabel: true, highlighted: true, zIndex: 3 };
    if (state.near.has(node)) return { ...look, forceLabel: state.near.size < 25, zIndex: 2 };
    if (state.only) return { ...look, hidden: true };
    return { ...look, color: theme.pale, label: "", zIndex: 0 };
  };
  const edgeLook = (edge, attributes) => {
    const look = { ...attributes, color: theme.edge, zIndex: 0 };
    if (edge === state.edge || edge === state.hover) return { ...look, color: theme.accent, size: attributes.size + 1.5, zIndex: 3 };
    if (state.path) return state.path.edges.has(edge) ? { ...look, color: theme.accent, size: attributes.size + 2, zIndex: 3 } : { ...look, color: theme.faint };
    if (state.node === null) return look;
    if (graph.hasExtremity(edge, state.node)) return { ...look, color: theme.muted, zIndex: 2 };
    if (state.only) {
      const [a, b] = graph.extremities(edge);
      return state.near.has(a) && state.near.has(b) ? look : { ...look, hidden: true };
    }
    return { ...look, color: theme.faint };
  };
  // The labels of this frame: to the right of their node, or to its left at the border; one that
  // would cover another is left out. The search and a click tell the name of every node.
  const placed = new Map();
  const free = (box) => ![...placed.values()].some((o) => box.x < o.x + o.wide && o.x < box.x + box.wide && Math.abs(box.y - o.y) < 13);
  const drawLabel = (context, node, settings) => {
    if (!node.label) return;
    context.font = `${settings.labelSize}px ${settings.labelFont}`;
    const text = node.label.length > 34 ? `${node.label.slice(0, 33)}…` : node.label;
    const wide = context.measureText(text).width;
    const right = node.x + node.size + 3;
    const x = right + wide > canvas.clientWidth ? node.x - node.size - 3 - wide : right;
    const box = { x, y: node.y, wide, text };
    if (!free(box)) return;
    placed.set(node.key, box);
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = theme.surface;
    context.fillStyle = theme.ink;
    context.strokeText(text, x, node.y + settings.labelSize / 3);
    context.fillText(text, x, node.y + settings.labelSize / 3);
  };
  const drawHover = (context, node, settings) => {
    context.font = `600 ${settings.labelSize}px ${settings.labelFont}`;
    const text = node.label || "";
    const wide = context.measureText(text).width + 12;
    context.fillStyle = theme.surface;
    context.strokeStyle = theme.accent;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(node.x, node.y, node.size + 3, 0, Math.PI * 2);
    context.fill();
    context.stroke();
    if (!text) return;
    context.beginPath();
    context.roundRect(node.x + node.size + 5, node.y - 11, wide, 22, 4);
    context.fill();
    context.stroke();
    context.fillStyle = theme.ink;
    context.fillText(text, node.x + node.size + 11, node.y + settings.labelSize / 3);
  };

  const start = () => {
    theme = readTheme();
    const many = graph.size > 8000;
    sigma = new window.Sigma(graph, canvas, {
      allowInvalidContainer: true, defaultEdgeType: data.directed ? "arrow" : "line", defaultDrawNodeHover: drawHover, defaultDrawNodeLabel: drawLabel,
      enableEdgeEvents: true, hideEdgesOnMove: many, labelColor: { color: theme.ink }, labelDensity: 0.6,
      labelFont: getComputedStyle(document.body).fontFamily, labelRenderedSizeThreshold: many ? 8 : 5, labelSize: 12,
      minEdgeThickness: many ? 0.4 : 0.8, nodeReducer: nodeLook, edgeReducer: edgeLook, stagePadding: 40, zIndex: true,
    });
    sigma.on("beforeRender", () => placed.clear());
    sigma.on("clickNode", ({ node }) => choose(node));
    sigma.on("clickEdge", ({ edge }) => chooseEdge(edge));
    sigma.on("clickStage", () => letGo());
    sigma.on("enterEdge", ({ edge }) => { state.hover = edge; sigma.refresh({ partialGraph: { edges: [edge] }, skipIndexation: true }); });
    sigma.on("leaveEdge", ({ edge }) => { state.hover = null; sigma.refresh({ partialGraph: { edges: [edge] }, skipIndexation: true }); });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      theme = readTheme();
      sigma.setSetting("labelColor", { color: theme.ink });
      refresh();
    });
  };
  const refresh = () => sigma.refresh({ skipIndexation: true });

  const neighbours = (node) => {
    const found = new Map();
    graph.forEachEdge(node, (edge, _, source, target) => {
      const other = source === node ? target : source;
      if (other === node) return;
      const known = found.get(other) || { edges: [], weight: 0, trainings: 0 };
      known.edges.push(edge);
      known.weight += data.edges.weight[Number(edge)];
      known.trainings = Math.max(known.trainings, data.edges.trainings[Number(edge)]);
      found.set(other, known);
    });
    return [...found].sort((a, b) => b[1].weight - a[1].weight || Number(a[0]) - Number(b[0]));
  };
  const label = (node) => data.nodes.label[Number(node)];
  const heading = (node) => {
    const page = pageOf(data.nodes.id[Number(node)]);
    const name = element("bdi", { textContent: label(node) });
    return element("h2", { tabIndex: -1 }, page ? element("a", { href: page }, name) : name);
  };

  const choose = (node, quietly = false) => {
    Object.assign(state, { node, edge: null, path: null, near: new Set(graph.neighbors(node)) });
    const i = Number(node);
    const near = neighbours(node);
    const facts = [data.names[data.nodes.country[i]], fill(texts.community, data.nodes.community[i]),
      data.nodes.size[i] === null ? null : `${sizeField.selectedOptions[0].textContent}: ${number(data.nodes.size[i])}`].filter((t) => t && t !== label(node));
    const only = button(state.only ? texts.all : texts.only, () => { state.only = !state.only; only.textContent = state.only ? texts.all : texts.only; refresh(); });
    aside.replaceChildren(
      heading(node), element("p", { className: "muted", textContent: facts.join(" · ") }),
      element("div", { className: "acts" }, only, button(texts.clear, () => { letGo(); document.getElementById("node-search").focus(); })),
      pathField(node),
      element("h3", { textContent: `${texts.neighbours} (${number(near.length)})` }),
      element("ul", {}, ...near.slice(0, MOST_LISTED).map(([other, link]) => element("li", {},
        button(element("bdi", { textContent: label(other) }), () => { choose(other); focusHeading(); }),
        button(`${number(link.trainings)} ${texts.trainings}`, () => chooseEdge(link.edges[0], node), { className: "count" })))),
      near.length > MOST_LISTED ? element("p", { className: "muted", textContent: fill(texts.more, number(near.length - MOST_LISTED)) }) : "",
    );
    const hash = `#node=${encodeURIComponent(data.nodes.id[i])}`;
    window.history.replaceState(null, "", hash);
    if (!quietly) say(fill(texts.selected, label(node), number(near.length)));
    refresh();
    look([node]);
  };
  const focusHeading = () => aside.querySelector("h2")?.focus();
  const letGo = () => {
    Object.assign(state, { node: null, edge: null, near: null, only: false, path: null });
    aside.replaceChildren(empty);
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
    say("");
    refresh();
  };
  const look = (nodes) => {
    const shown = nodes.map((node) => sigma.getNodeDisplayData(node)).filter(Boolean);
    if (!shown.length) return;
    const x = shown.reduce((sum, n) => sum + n.x, 0) / shown.length;
    const y = shown.reduce((sum, n) => sum + n.y, 0) / shown.length;
    const camera = sigma.getCamera();
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    camera.animate({ x, y, ratio: Math.min(camera.ratio, nodes.length > 1 ? 1 : 0.6) }, { duration: still ? 0 : 300 });
  };

  const between = (address, source, target) => {
    const url = new URL(address, window.location.href);
    url.searchParams.set("source", data.nodes.id[Number(source)]);
    url.searchParams.set("target", data.nodes.id[Number(target)]);
    return url;
  };
  // The same answer as files, from the release that is shown, now and later.
  const filesOf = (address, source, target) => {
    const links = ["csv", "json"].map((suffix) => {
      const url = between(address.replace(/\.json(?=$|\?)/, `.${suffix}`), source, target);
      url.searchParams.set("release", data.release);
      return element("a", { href: url.href, rel: "bookmark" }, suffix.toUpperCase());
    });
    return element("p", { className: "files" }, links[0], " ", links[1]);
  };
  const asked = async (address, source, target) => {
    const response = await fetch(between(address, source, target));
    const found = await response.json();
    if (!response.ok) throw new Error(found.detail || texts.failed);
    return found;
  };
  const evidenceOf = async (source, target, place) => {
    place.replaceChildren(element("li", { className: "muted", textContent: texts.loading }));
    try {
      const found = await asked(section.dataset.evidence, source, target);
      const line = (row) => {
        const page = pageOf(row.training);
        const name = element("bdi", { textContent: row.label });
        return element("li", {}, page ? element("a", { href: page }, name) : name, row.year ? ` ${row.year}` : "");
      };
      place.replaceChildren(...found.rows.slice(0, MOST_LISTED).map(line));
      if (!found.rows.length) place.replaceChildren(element("li", { className: "muted", textContent: texts.none }));
      if (found.rows.length > MOST_LISTED) place.append(element("li", { className: "muted", textContent: fill(texts.more, number(found.rows.length - MOST_LISTED)) }));
    } catch (error) {
      place.replaceChildren(element("li", { className: "muted", textContent: String(error.message || texts.failed) }));
    }
  };
  const chooseEdge = async (edge, from = null) => {
    const [source, target] = graph.extremities(edge);
    Object.assign(state, { edge, path: null });
    const list = element("ul", { className: "evidence" });
    const end = (node) => button(element("bdi", { textContent: label(node) }), () => { choose(node); focusHeading(); });
    const title = element("h2", { tabIndex: -1, textContent: texts.evidence });
    aside.replaceChildren(title, element("p", {}, end(source), data.directed ? " → " : " – ", end(target)),
      element("div", { className: "acts" }, button(texts.clear, () => (from === null ? letGo() : choose(from)))), list, filesOf(section.dataset.evidence, source, target));
    title.focus({ preventScroll: true });
    refresh();
    await evidenceOf(source, target, list);
    say(`${texts.evidence}: ${list.children.length}`);
  };

  // Fields that find a node by its name.
  const matching = (text) => {
    const words = fold(text).split(/\s+/).filter(Boolean);
    const hits = [];
    for (let i = 0; i < data.folded.length && hits.length < 400; i += 1) {
      if (words.every((word) => data.folded[i].includes(word))) hits.push(i);
    }
    hits.sort((a, b) => Number(data.folded[b].startsWith(words[0])) - Number(data.folded[a].startsWith(words[0])) || (data.nodes.size[b] || 0) - (data.nodes.size[a] || 0));
    return hits.slice(0, 12);
  };
  const complete = (field, list, act) => window.rihlaCombobox.attach(field, list, {
    find: matching,
    show: (i) => [element("bdi", { textContent: data.nodes.label[i] })],
    take: (i) => { field.value = ""; act(String(i)); },
    first: true,
  });
  const pathField = (from) => {
    const list = element("ul", { id: "path-found", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", texts.path);
    const field = element("input", { id: "path-search", type: "search", dir: "auto", autocomplete: "off", placeholder: texts.path });
    Object.entries({ role: "combobox", "aria-label": texts.path, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "path-found" }).forEach(([k, v]) => field.setAttribute(k, v));
    complete(field, list, (to) => showPath(from, to));
    return element("div", { className: "pick" }, field, list);
  };
  const showPath = async (from, to) => {
    say(texts.loading);
    let found;
    try { found = await asked(section.dataset.path, from, to); } catch (error) { return say(String(error.message || texts.failed)); }
    if (!found.rows.length) return say(texts.noPath);
    const place = new Map(data.nodes.id.map((iri, i) => [iri, String(i)]));
    const steps = found.rows.map((row) => [place.get(row.source), place.get(row.target), row]);
    const nodes = new Set(steps.flatMap(([a, b]) => [a, b]).filter((n) => n !== undefined));
    const edges = new Set(steps.map(([a, b]) => (a !== undefined && b !== undefined ? graph.edge(a, b) || graph.edge(b, a) : undefined)).filter((e) => e !== undefined));
    Object.assign(state, { path: { nodes, edges }, edge: null });
    const title = element("h2", { tabIndex: -1, textContent: `${texts.steps}: ${label(from)} → ${label(to)}` });
    aside.replaceChildren(title, element("div", { className: "acts" }, button(texts.clear, () => choose(from))),
      element("ol", {}, ...steps.map(([a, b, row]) => {
        const list = element("ul", { className: "evidence" });
        return element("li", {}, element("div", {}, element("bdi", { textContent: `${row.source_label} → ${row.target_label}` }), " ",
          a !== undefined && b !== undefined ? button(`${number(row.shared_trainings)} ${texts.trainings}`, () => evidenceOf(a, b, list), { className: "count" }) : "", list));
      })), filesOf(section.dataset.path, from, to));
    title.focus({ preventScroll: true });
    say(`${texts.steps}: ${steps.length}`);
    refresh();
    look([...nodes]);
  };

  // What is seen now, drawn again: as paths for a file, or on a canvas for a picture.
  const seen = () => {
    const place = (n) => sigma.framedGraphToViewport({ x: n.x, y: n.y });
    const lines = [];
    graph.forEachEdge((edge, _, source, target) => {
      const look = sigma.getEdgeDisplayData(edge);
      const [a, b] = [sigma.getNodeDisplayData(source), sigma.getNodeDisplayData(target)];
      if (!look || look.hidden || a.hidden || b.hidden) return;
      lines.push({ from: place(a), to: place(b), colour: look.color, wide: Math.max(sigma.scaleSize(look.size), 0.4), z: look.zIndex || 0 });
    });
    const discs = graph.mapNodes((node) => ({ node, look: sigma.getNodeDisplayData(node) })).filter(({ look }) => !look.hidden)
      .map(({ node, look }) => ({ at: place(look), colour: look.color, radius: sigma.scaleSize(look.size), name: placed.get(node) }));
    return { lines: lines.sort((a, b) => a.z - b.z), discs, ...sigma.getDimensions() };
  };
  const save = (blob, suffix) => {
    const link = element("a", { href: URL.createObjectURL(blob), download: `${data.projection}-${data.release}.${suffix}` });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const asSvg = () => {
    const view = seen();
    const safe = (text) => text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
    const f = (value) => value.toFixed(1);
    const parts = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${view.width} ${view.height}" width="${view.width}" height="${view.height}" font-family="system-ui, sans-serif"><title>${safe(data.projection)} ${safe(data.release)}</title><rect width="100%" height="100%" fill="${theme.surface}"/>`];
    view.lines.forEach((l) => parts.push(`<path d="M${f(l.from.x)} ${f(l.from.y)}L${f(l.to.x)} ${f(l.to.y)}" stroke="${l.colour}" stroke-width="${f(l.wide)}"/>`));
    view.discs.forEach((d) => parts.push(`<circle cx="${f(d.at.x)}" cy="${f(d.at.y)}" r="${f(d.radius)}" fill="${d.colour}"/>`));
    view.discs.filter((d) => d.name).forEach((d) => parts.push(`<text x="${f(d.name.x)}" y="${f(d.at.y + 4)}" font-size="12" fill="${theme.ink}">${safe(d.name.text)}</text>`));
    save(new Blob([...parts, "</svg>"], { type: "image/svg+xml" }), "svg");
  };
  const asPng = () => {
    const view = seen();
    const sheet = element("canvas", { width: view.width * 2, height: view.height * 2 });
    const pen = sheet.getContext("2d");
    pen.scale(2, 2);
    pen.fillStyle = theme.surface;
    pen.fillRect(0, 0, view.width, view.height);
    view.lines.forEach((l) => { pen.strokeStyle = l.colour; pen.lineWidth = l.wide; pen.beginPath(); pen.moveTo(l.from.x, l.from.y); pen.lineTo(l.to.x, l.to.y); pen.stroke(); });
    view.discs.forEach((d) => { pen.fillStyle = d.colour; pen.beginPath(); pen.arc(d.at.x, d.at.y, d.radius, 0, 2 * Math.PI); pen.fill(); });
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillStyle = theme.ink;
    view.discs.filter((d) => d.name).forEach((d) => pen.fillText(d.name.text, d.name.x, d.at.y + 4));
    sheet.toBlob((blob) => save(blob, "png"));
  };

  const remember = (name, value) => {
    const address = new URL(window.location.href);
    address.searchParams.set(name, value);
    window.history.replaceState(null, "", address);
    const file = document.getElementById("file-svg");
    const drawn = new URL(file.href);
    drawn.searchParams.set(name, value);
    file.href = drawn.href;
  };
  const resize = async () => {
    const address = new URL(section.dataset.layout, window.location.href);
    address.searchParams.set("size", sizeField.value);
    say(texts.loading);
    try {
      const response = await fetch(address);
      const found = await response.json();
      if (!response.ok) throw new Error(found.detail);
      data.nodes.size = found.nodes.size;
      sized().forEach((size, i) => graph.setNodeAttribute(String(i), "size", size));
      remember("size", sizeField.value);
      sigma.refresh();
      if (state.node !== null) choose(state.node);
      else say("");
    } catch (error) { say(String(error.message || texts.failed)); }
  };
  const acts = {
    in: () => sigma.getCamera().animatedZoom({ duration: 200 }),
    out: () => sigma.getCamera().animatedUnzoom({ duration: 200 }),
    whole: () => { letGo(); sigma.getCamera().animatedReset({ duration: 200 }); },
    png: asPng,
    svg: asSvg,
  };
  const fallBack = (text) => {
    const picture = element("img", { src: section.dataset.picture, alt: text });
    section.prepend(element("figure", { className: "still" }, picture));
    stage.hidden = tools.hidden = true;
    section.dataset.ready = "picture";
    say(text);
  };
  // Without WebGL sigma breaks off while it loads, so it is asked for only where it can draw.
  const canDraw = () => {
    const probe = document.createElement("canvas");
    return Boolean(probe.getContext("webgl2") || probe.getContext("webgl"));
  };
  const load = (source) => new Promise((loaded, failed) => {
    document.head.append(element("script", { src: source, async: false, onload: loaded, onerror: failed }));
  });
  const begin = async () => {
    if (!canDraw()) return fallBack(texts.noGl);
    say(texts.loading);
    const libraries = Promise.all(section.dataset.libraries.split(" ").map(load));
    try {
      const response = await fetch(section.dataset.layout);
      data = await response.json();
      if (!response.ok) throw new Error(data.detail);
      await libraries;
    } catch (error) { return fallBack(String(error.message || texts.failed)); }
    data.folded = data.nodes.label.map(fold);
    build();
    stage.hidden = tools.hidden = false;
    paintGroups();
    try { start(); } catch { return fallBack(texts.noGl); }
    complete(document.getElementById("node-search"), document.getElementById("node-found"), (node) => { choose(node); focusHeading(); });
    tools.querySelectorAll("[data-do]").forEach((one) => one.addEventListener("click", acts[one.dataset.do]));
    colourField.addEventListener("change", () => { paintGroups(); refresh(); remember("colour", colourField.value); });
    sizeField.addEventListener("change", resize);
    const wanted = decodeURIComponent(window.location.hash.replace(/^#node=/, ""));
    const place = wanted ? data.nodes.id.indexOf(wanted) : -1;
    if (place >= 0) choose(String(place), true);
    say(fill(texts.ready, number(graph.order), number(graph.size)));
    performance.mark("network-ready");
    section.dataset.ready = "drawn";
    window.rihlaNetwork = { sigma, graph, data, choose, chooseEdge, showPath, state };
  };
  begin();
})();
