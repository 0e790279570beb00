/* What the page of a run does in a browser: plots of stars, the chosen star, filters.
   It is opened as a file, so that everything comes by script tags: plots.js calls
   mdwarfs.plots, data/stars.js mdwarfs.stars, data/spectra_*.js mdwarfs.group. */
"use strict";

const mdwarfs = (() => {
  const NULL16 = 65535, NULL8 = 255, TENTHS = 10, MIDDLE = 127, BAD = 1, DROPPED = 2;
  // Dots of this size up to so many stars; of more, smaller ones, down to the least.
  const DOT = 5, CROWD = 5000, LEAST_DOT = 2;
  const OF_FLAGS = ["#9fb3c8", "#b4231f"], OF_ROLES = ["#9fb3c8", "#0b69a3", "#d97706"];
  const ROLES = ["neither training nor test star", "training star", "test star"];
  const REVERSED = new Set(["mg0", "teff", "logg"]);
  const state = {groups: {}, waiting: {}, chosen: null, shown: []};
  let doc, roots, known, spectra, model;

  const byId = (id) => document.getElementById(id);
  const bytes = (text) => Uint8Array.from(atob(text), (x) => x.charCodeAt(0));
  const numbers = (text, Kind) => new Kind(bytes(text).buffer);
  const plain = (name) => name.replace(/^(hybrid|ref|true)_/, "");

  function inflated(text) {
    const stream = new Blob([bytes(text)]).stream()
      .pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).arrayBuffer();
  }

  async function unpack() {
    const [data, flags, role, ...texts] = await Promise.all(
      [known.data, known.flags, known.role, ...known.called.map((x) => x.texts)].map(inflated));
    known.called.forEach((kind, i) => {
      kind.texts = new TextDecoder().decode(texts[i]).split("\n");
    });
    const own = (name) => known.called.find((x) => x.name === name)?.texts;
    const [gaia, sdss, given] = ["source_id", "sdss_id", "id"].map(own);
    known.id = gaia.map((x, i) =>
      given?.[i] || (sdss?.[i] ? `SDSS ${sdss[i]}` : `Gaia DR3 ${x}`));
    known.data = new Uint16Array(data);
    known.role = new Uint8Array(role);
    known.flags = new Uint32Array(flags, 0, known.n);
    known.hybrid_flags = new Uint32Array(flags, 4 * known.n);
  }

  function column(name) {
    if (!known.values[name]) {
      const {low, step, log, at} = known.columns[name];
      known.values[name] = Float64Array.from(
        known.data.subarray(at * known.n, (at + 1) * known.n),
        (k) => k === NULL16 ? NaN : log ? Math.exp(low + step * k) : low + step * k);
    }
    return known.values[name];
  }

  function told(value, name) {
    const base = plain(name).replace(/^(e|sigma|formal_e)_/, "");
    const label = known.labels.find((x) => x.name === base);
    const digits = label ? label.decimals : 2;
    if (!Number.isFinite(value)) return "—";
    if (name === "snr") return value.toFixed(1);
    return value.toFixed(digits).replace("-", "−");
  }

  function words(name) {
    const quantity = [...known.photometry, ...known.labels]
      .find((x) => x.name === plain(name));
    const of = {hybrid_: "hybrid ", ref_: "reference ", true_: "true "};
    const prefix = Object.keys(of).find((x) => name.startsWith(x));
    const unit = quantity.unit ? ` [${quantity.unit}]` : "";
    return (prefix ? of[prefix] : "") + quantity.title + unit;
  }

  function quantities() {
    const names = known.labels.map((x) => x.name);
    const those = (prefix) => names.map((x) => prefix + x).filter((x) => x in known.columns);
    return [
      ["Photometry and SNR", known.photometry.map((x) => x.name)],
      ["SLAM labels", those("")],
      ["Hybrid labels", those("hybrid_")],
      ["Reference labels", those("ref_")],
      ["True labels", those("true_")],
    ].filter(([, members]) => members.length);
  }

  function offer(select, groups, chosen) {
    for (const [title, members] of groups) {
      const group = document.createElement("optgroup");
      group.label = title;
      for (const [value, text] of members) group.append(new Option(text, value));
      select.append(group);
    }
    select.value = chosen;
  }

  function percentiles(values, low, high) {
    const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
    if (!sorted.length) return [0, 1];
    const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
    const [a, b] = [at(low), at(high)];
    return a < b ? [a, b] : [a - 0.5, b + 0.5];
  }

  /* The planes of stars */

  async function start() {
    if (!doc || !known || !byId("planes")) return;
    await unpack();
    model = (name) => state.document.get_model_by_name(name);
    const ids = Object.fromEntries(
      Object.entries(roots).map(([name, root]) => [root, `plot-${name}`]));
    const item = {docid: "run", roots: ids, root_ids: Object.keys(ids)};
    Bokeh.embed.embed_items({run: doc}, [item]).then(() => {
      state.document = Bokeh.documents[Bokeh.documents.length - 1];
      untouched();
      controls();
      for (const plane of ["diagram", "labels"]) axes(plane);
      show();
      choose(spectra.first);
      byId("choice").textContent = spectra.choice;
      document.body.dataset.ready = "yes";
    });
  }

  /* A finger that moves over a plot moves the page, until a tool is chosen. */
  function untouched() {
    if (!matchMedia("(pointer: coarse)").matches) return;
    for (const name of Object.keys(roots)) {
      for (const tool of model(name).toolbar.tools) {
        if (tool.type.endsWith("PanTool")) tool.active = false;
      }
    }
  }

  function controls() {
    const groups = quantities()
      .map(([title, members]) => [title, members.map((x) => [x, words(x)])]);
    const has = (name) => name in known.columns;
    const initial = has("mg0")
      ? {diagram: ["bp_rp0", "mg0"], labels: ["teff", "logg"]}
      : {diagram: ["teff", "logg"], labels: ["teff", "feh"]};
    for (const [plane, names] of Object.entries(initial)) {
      ["x", "y"].forEach((axis, i) => {
        const select = byId(`${plane}-${axis}`);
        offer(select, groups, has(names[i]) ? names[i] : known.labels[i].name);
        select.addEventListener("change", () => { axes(plane); show(); });
      });
    }
    const bits = known.bits.filter((x) => x.seen);
    const colours = [
      ...groups,
      ["Flags of SLAM's labels", [["any", "any flag"],
        ...bits.map((x) => [`bit ${x.bit}`, x.name.replaceAll("_", " ")])]],
      ["Role", [["role", "training, test or neither"]]],
    ];
    const first = has("mg0") && has("feh") ? "feh" : "snr";
    offer(byId("colour"), colours, has(first) ? first : "role");
    for (const id of ["colour", "role", "unflagged", "snr-min", "snr-max"]) {
      for (const event of ["change", "input"]) byId(id).addEventListener(event, show);
    }
    const list = byId("find");
    list.addEventListener("change", () => find(list.value));
    list.addEventListener("input", () => { if (!list.value) byId("found").textContent = ""; });
    const picked = model("shown").selected;
    picked.properties.indices.change.connect(() => {
      if (!picked.indices.length) return;
      byId("found").textContent = "";
      choose(state.shown[picked.indices[0]]);
    });
  }

  function axes(plane) {
    const plot = model(plane);
    const names = {};
    for (const axis of ["x", "y"]) {
      const name = byId(`${plane}-${axis}`).value;
      names[axis] = name;
      const [low, high] = percentiles(column(name), 0.002, 0.998);
      const pad = 0.04 * (high - low);
      let ends = [low - pad, high + pad];
      if (REVERSED.has(plain(name))) ends.reverse();
      const range = plot[`${axis}_range`];
      range.setv({start: ends[0], end: ends[1], reset_start: ends[0], reset_end: ends[1]});
      plot[axis === "x" ? "below" : "left"][0].axis_label = words(name);
    }
    state[plane] = names;
  }

  function colouring() {
    const name = byId("colour").value, mapper = model("colours"), bar = model("bar");
    let values, legend = [];
    if (name === "role") {
      values = known.role;
      mapper.setv({palette: OF_ROLES, low: -0.5, high: 2.5});
      legend = known.roles.map((x, i) => [OF_ROLES[i], x]);
    } else if (name === "any" || name.startsWith("bit")) {
      const bit = name === "any" ? 0xffffffff : Number(name.slice(4));
      values = known.flags.map((x) => (x & bit ? 1 : 0));
      mapper.setv({palette: OF_FLAGS, low: 0, high: 1});
      const called = byId("colour").selectedOptions[0].text;
      legend = [[OF_FLAGS[0], `not ${called}`.replace("not any", "no")],
        [OF_FLAGS[1], called]];
    } else {
      values = column(name);
      const [low, high] = percentiles(values, 0.01, 0.99);
      mapper.setv({palette: state.palette, low, high});
      bar.title = words(name);
    }
    bar.visible = legend.length === 0;
    byId("legend").replaceChildren(...legend.map(([colour, text]) => {
      const item = document.createElement("span"), dot = document.createElement("i");
      dot.style.background = colour;
      item.append(dot, text);
      return item;
    }));
    return values;
  }

  function show() {
    state.palette ??= [...model("colours").palette];
    const low = parseFloat(byId("snr-min").value), high = parseFloat(byId("snr-max").value);
    const role = byId("role").value, unflagged = byId("unflagged").checked;
    const snr = "snr" in known.columns ? column("snr") : null;
    const colour = colouring();
    const shown = [];
    for (let i = 0; i < known.n; i++) {
      if (snr && (snr[i] < low || snr[i] > high)) continue;
      if (role && known.roles[known.role[i]] !== role) continue;
      if (unflagged && known.flags[i]) continue;
      shown.push(i);
    }
    if (!byId("legend").childElementCount) {
      shown.sort((a, b) => Number.isFinite(colour[a]) - Number.isFinite(colour[b]) || a - b);
    } else shown.sort((a, b) => colour[a] - colour[b] || a - b);
    state.shown = shown;
    const take = (values) => Float64Array.from(shown, (i) => values[i]);
    const data = {star: shown, colour: take(colour)};
    for (const plane of ["diagram", "labels"]) {
      for (const axis of ["x", "y"]) data[`${plane}_${axis}`] = take(column(state[plane][axis]));
    }
    dots(shown.length);
    const source = model("shown");
    source.selected.indices = [];
    source.data = data;
    byId("count").textContent = `${shown.length.toLocaleString("en")} of ` +
      `${known.n.toLocaleString("en")} stars are shown; ${beyond(data)}`;
    document.body.dataset.shown = shown.length;
    ring();
  }

  /* Small dots are pointed at as well as large ones. */
  function dots(count) {
    const size = Math.max(LEAST_DOT, DOT * Math.min(1, (CROWD / count) ** 0.35));
    for (const plane of ["diagram", "labels"]) {
      const drawn = model(`${plane}_points`);
      for (const kind of ["", "selection_", "nonselection_", "hover_"]) {
        drawn[`${kind}glyph`]?.setv?.({size, hit_dilation: DOT / size});
      }
    }
  }

  function beyond(data) {
    const ends = [];
    for (const plane of ["diagram", "labels"]) {
      for (const axis of ["x", "y"]) {
        const {start, end} = model(plane)[`${axis}_range`];
        ends.push([data[`${plane}_${axis}`], Math.min(start, end), Math.max(start, end)]);
      }
    }
    let out = 0;
    for (let i = 0; i < data.star.length; i++) {
      out += ends.some(([values, low, high]) => values[i] < low || values[i] > high);
    }
    return `${out.toLocaleString("en")} lie beyond the axes of a plot (zoom out to see them).`;
  }

  function ring() {
    const data = {};
    for (const plane of ["diagram", "labels"]) {
      for (const axis of ["x", "y"]) {
        const k = state.chosen;
        data[`${plane}_${axis}`] = k === null ? [] : [column(state[plane][axis])[k]];
      }
    }
    model("ring").data = data;
  }

  function hover(i) {
    const lines = known.labels.map((x) => {
      const error = [`sigma_${x.name}`, `e_${x.name}`].find((e) => e in known.columns);
      const text = told(column(x.name)[i], x.name);
      const with_ = error ? ` ± ${told(column(error)[i], error)}` : "";
      return `${x.title} ${text}${with_} ${x.unit}`;
    });
    const flags = flagged(known.flags[i]).map((x) => x.name.replaceAll("_", " "));
    return [known.id[i], `SNR ${told(column("snr")[i], "snr")}`, ...lines, flags.join(", ")]
      .filter(Boolean).join("\n");
  }

  const flagged = (bits) => known.bits.filter((x) => x.bit & bits);

  /* The chosen star */

  /* Names as mdwarfs.star.identify compares them. */
  const PREFIXES = /^(gaia\s*dr[23]|2mass|sdss|lamost)\s*j?\s*/;
  function written(text) {
    const name = text.trim().replace(/\s+/g, " ").toLowerCase();
    return name.replace(PREFIXES, "") || name;
  }
  const last = (path) => path.split(/[\\/]/).at(-1);

  function matching(text) {
    const wanted = written(text);
    for (const kind of known.called) {
      kind.written ??= kind.texts.map(written);
      const same = (x) => x && (x === wanted ||
        (kind.file && written(last(x)) === written(last(text))));
      const rows = kind.written.flatMap((x, i) => same(x) ? [i] : []);
      if (rows.length) return {rows, exact: true};
    }
    const rows = [];
    for (let i = 0; i < known.n; i++) {
      if (known.called.some((kind) => kind.written[i].includes(wanted))) rows.push(i);
    }
    return {rows, exact: false};
  }

  function find(text) {
    const said = byId("found");
    said.textContent = "";
    if (!text.trim()) return;
    const {rows, exact} = matching(text);
    const count = rows.length === 1 ? "One star" : `${rows.length.toLocaleString("en")} stars`;
    const first = rows.length === 1 ? "it is shown" : "the first is shown";
    if (!rows.length) {
      const among = spectra.there > known.n
        ? ` among the ${known.n.toLocaleString("en")} on this page (mdwarfs show knows all)` : "";
      const before = state.chosen === null ? "" : ` ${known.id[state.chosen]} is still shown.`;
      said.textContent = `No such star: ${text.trim()}${among}.${before}`;
    } else if (!exact) {
      said.textContent = `${count} contain${rows.length === 1 ? "s" : ""} ${text.trim()} ` +
        `in an identifier, ${first}.`;
    } else if (rows.length > 1) {
      said.textContent = `${count} are called ${text.trim()}, ${first}.`;
    }
    if (rows.length) choose(rows[0]);
  }

  function identifiers(k) {
    return known.called
      .filter((x) => !x.file && x.texts[k] && ![x.texts[k], `${x.title} ${x.texts[k]}`].includes(known.id[k]))
      .map((x) => `${x.title}${x.title.endsWith(" J") ? "" : " "}${x.texts[k]}`);
  }

  function choose(k) {
    if (k === null || k === undefined || k < 0) return;
    state.chosen = k;
    ring();
    byId("star-name").textContent = known.id[k];
    byId("star-what").textContent = [...identifiers(k),
      `${ROLES[known.role[k]]}, SNR ${told(column("snr")[k], "snr")} per pixel`].join(" · ");
    labels(k);
    say("star-flags", known.flags[k]);
    say("star-hybrid-flags", known.hybrid_flags[k]);
    draw(k);
  }

  function say(id, bits) {
    const list = byId(id);
    list.replaceChildren(...flagged(bits).map((x) => {
      const item = document.createElement("li"), name = document.createElement("b");
      name.textContent = x.name.replaceAll("_", " ");
      item.append(name, `: ${x.words}`);
      return item;
    }));
    if (!list.childElementCount) list.innerHTML = "<li>none</li>";
  }

  function labels(k) {
    const value = (name) => name in known.columns ? told(column(name)[k], name) : null;
    const columns = [
      ["SLAM", (x) => value(x)],
      ["± power law", (x) => value(`e_${x}`)],
      ["± calibrated", (x) => value(`sigma_${x}`)],
      ["± formal", (x) => value(`formal_e_${x}`)],
      ["hybrid", (x) => paired("hybrid_", x)],
      ["reference", (x) => paired("ref_", x)],
      ["truth", (x) => value(`true_${x}`)],
    ];
    function paired(prefix, x) {
      const found = value(prefix + x), error = value(`${prefix}e_${x}`);
      return found === null || found === "—" || !error ? found : `${found} ± ${error}`;
    }
    const used = columns.filter(([, of]) => known.labels.some((x) => of(x.name) !== null));
    const heads = ["label", ...used.map(([title]) => title)];
    const row = (cells, kind) => {
      const line = document.createElement("tr");
      cells.forEach((text, i) => {
        const cell = document.createElement(i ? kind : "th");
        cell.textContent = text ?? "";
        if (kind === "td" && i) cell.dataset.head = heads[i];
        line.append(cell);
      });
      return line;
    };
    byId("star-labels").replaceChildren(
      row(heads, "th"),
      ...known.labels.map((x) =>
        row([`${x.title} [${x.unit}]`, ...used.map(([, of]) => of(x.name))], "td")));
  }

  async function draw(k) {
    const place = spectra.stars.indexOf(k), said = byId("star-spectrum");
    if (place < 0) {
      fill({wavelength: [], flux: [], model: [], residual: []}, [], []);
      said.textContent = spectra.absent;
      document.body.dataset.spectrum = "";
      return;
    }
    const number = Math.floor(place / spectra.group);
    const group = await load(number);
    if (state.chosen !== k) return;
    const at = place % spectra.group, count = group.low.length;
    const wavelength = spectra.values, p = wavelength.length;
    const plane = (i) => group.planes.subarray((i * count + at) * p, (i * count + at + 1) * p);
    const level = (q) => q === NULL8 ? NaN : group.low[at] + group.step[at] * q;
    const flux = Float64Array.from(plane(0), level);
    let before = 0;
    const best = Float64Array.from(plane(1), (d) => {
      before = (before + d) & 255;
      return level(before);
    });
    const residual = Float64Array.from(plane(2), (q) =>
      q === NULL8 ? NaN : (q - MIDDLE) / TENTHS);
    const marks = plane(3), bad = [], dropped = [];
    marks.forEach((mark, i) => {
      if (mark === BAD) { bad.push(i); flux[i] = NaN; }
      if (mark === DROPPED) dropped.push(i);
    });
    const observed = Float64Array.from(plane(0), level);
    fill({wavelength, flux, model: best, residual}, bad, dropped, observed);
    said.textContent = spectra.words;
    document.body.dataset.spectrum = known.id[k];
  }

  function fill(data, bad, dropped, observed) {
    const all = [...data.flux, ...data.model].filter(Number.isFinite);
    const low = all.length ? Math.min(...all) : 0, high = all.length ? Math.max(...all) : 1;
    const pad = 0.06 * (high - low || 1);
    const plot = model("spectrum");
    plot.y_range.setv({start: low - pad, end: high + 3 * pad});
    if (data.wavelength.length && !state.wavelengths) {
      const [first, last] = [data.wavelength[0], data.wavelength.at(-1)];
      plot.x_range.setv({start: first, end: last, reset_start: first, reset_end: last});
      state.wavelengths = true;
    }
    const at = (list) => Float64Array.from(list, (i) => data.wavelength[i]);
    model("pixels").data = data;
    model("bad").data = {wavelength: at(bad), flux: bad.map(() => low - 0.5 * pad)};
    model("dropped").data = {
      wavelength: at(dropped), flux: dropped.map((i) => observed[i]),
    };
  }

  function load(number) {
    if (!state.groups[number]) {
      state.groups[number] = new Promise((resolve) => {
        state.waiting[number] = resolve;
        const tag = document.createElement("script");
        tag.src = `data/spectra_${String(number).padStart(3, "0")}.js`;
        document.head.append(tag);
      });
    }
    return state.groups[number];
  }

  async function group(number, packed) {
    packed.planes = new Uint8Array(await inflated(packed.data));
    state.waiting[number](packed);
  }

  /* Tables with filters */

  function filters() {
    for (const form of document.querySelectorAll("form.filters")) {
      const table = byId(form.dataset.table);
      const rows = [...table.querySelectorAll("tbody tr:not(.claim)")];
      const count = form.querySelector("output"), wanted = form.querySelector("input");
      const claim = (row) => row.parentElement.querySelector(".claim");
      const told = rows.map((row) =>
        [row, claim(row)].map((x) => `${x?.textContent ?? ""} ${Object.values(x?.dataset ?? {}).join(" ")}`)
          .join(" ").toLowerCase());
      const apply = () => {
        const text = wanted.value.trim().toLowerCase();
        rows.forEach((row, i) => {
          const fits = [...form.querySelectorAll("select")].every((select) =>
            !select.value || row.dataset[select.name] === select.value.replace("(none)", ""));
          row.hidden = !(fits && told[i].includes(text));
        });
        for (const head of table.querySelectorAll(".claim")) {
          head.hidden = !head.parentElement.querySelector("tr:not(.claim, [hidden])");
        }
        const n = rows.filter((row) => !row.hidden).length;
        count.textContent = `${n} of ${rows.length} rows`;
      };
      for (const event of ["input", "change"]) form.addEventListener(event, apply);
      form.addEventListener("submit", (event) => event.preventDefault());
      apply();
    }
  }

  /* The entry of the menu whose section is read */

  function follow() {
    const entries = [...document.querySelectorAll("nav a")];
    const sections = entries.map((x) => byId(x.hash.slice(1)));
    let current;
    const mark = () => {
      const read = sections.findLastIndex((x) => x.getBoundingClientRect().top < 160);
      if (read === current) return;
      current = read;
      entries.forEach((x, i) => x.classList.toggle("here", i === Math.max(read, 0)));
      const here = entries[Math.max(read, 0)], bar = here.parentElement;
      if (bar.scrollWidth > bar.clientWidth) bar.scrollLeft = here.offsetLeft - 24;
    };
    addEventListener("scroll", mark, {passive: true});
    mark();
  }

  document.addEventListener("DOMContentLoaded", () => { filters(); follow(); start(); });

  return {
    hover,
    group,
    choose: (text) => find(text),
    made(lines) { if (lines.length) byId("made").textContent = lines.join(" "); },
    plots(content, ids) { doc = content; roots = ids; },
    stars(content, packed) {
      known = {...content, values: {}};
      spectra = {...packed, values: numbers(packed.wavelength, Float64Array)};
    },
  };
})();
