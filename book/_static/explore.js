// Pictures to explore. The static picture is what everybody sees; this adds a button under each, and only whoever
// presses it loads the drawing script and the picture's specification, both from this site.
(function () {
  "use strict";

  const root = document.documentElement;
  const here = new URL(".", document.currentScript.src).href;
  const fromDisk = window.location.protocol === "file:";
  const phone = window.matchMedia("(max-width: 640px)");
  const finger = window.matchMedia("(pointer: coarse)");
  const WIDEST = 720;
  const open = new Set();
  let engine = null;
  let tip = null;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function load(address) {
    return new Promise(function (resolve, reject) {
      const script = element("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = function () {
        script.remove();
        reject(new Error("could not load " + address));
      };
      document.head.append(script);
    });
  }

  function drawingScript() {
    engine = engine || load(here + "vega.js");
    engine.catch(() => (engine = null));
    return engine;
  }

  // The specification as text: its colours are exchanged for dark pages before it is read.
  async function specification(address) {
    if (phone.matches) address = address.replace(/\.json$/, "-narrow.json");
    if (!fromDisk) {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(address + ": " + answer.status);
      return answer.text();
    }
    const name = address.replace(/^.*\/|\.json$/g, "");
    if (!(window.gegenprobePictures || {})[name]) await load(address.replace(/\.json$/, ".js"));
    return JSON.stringify(window.gegenprobePictures[name]);
  }

  function suited(text, width) {
    let spec = JSON.parse(text);
    const meta = spec.usermeta;
    if (root.dataset.theme === "dark") {
      spec = JSON.parse(text.replace(/#[0-9a-f]{6}/g, (colour) => meta.dark[colour] || colour));
    }
    // A picture that fits itself takes the whole width; of the others the plots give or take the difference.
    if (spec.autosize) spec.width = width;
    else (spec.vconcat || [spec.spec || spec]).forEach((part) => (part.width += width - meta.width));
    return [spec, meta];
  }

  // Text only, never markup: what stands in the data stays data.
  function showTip(handler, event, item, value) {
    tip = tip || document.body.appendChild(element("div", "gp-tip"));
    tip.hidden = value === null || value === undefined || value === "";
    if (tip.hidden) return;
    const lines = typeof value === "object" ? Object.entries(value) : [["value", String(value)]];
    tip.replaceChildren(
      ...lines.map(function ([name, told]) {
        const line = element("div");
        if (name !== "date" && name !== "value") line.append(element("span", "", name + " "));
        line.append(element("b", "", String(told)));
        return line;
      })
    );
    const box = tip.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, root.clientWidth - box.width - 4);
    const above = event.clientY - box.height - 12;
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = (above > 4 ? above : event.clientY + 18) + "px";
  }

  function hideTip() {
    if (tip) tip.hidden = true;
  }

  // Draws unseen and puts the result in place when it is whole. A turn that was overtaken meanwhile, by another theme,
  // another width or the reader who wants the still picture again, leaves nothing behind.
  async function attempt(state, turn) {
    const overtaken = () => turn !== state.turn;
    const text = await specification(state.figure.dataset.spec);
    await drawingScript();
    if (overtaken()) return;
    const theme = root.dataset.theme;
    state.width = Math.min(state.box.clientWidth, WIDEST);
    const [spec, meta] = suited(text, state.width);
    const place = state.stage.appendChild(element("div", "gp-making"));
    let made = null;
    let taken = false;
    try {
      made = await window.vegaEmbed(place, spec, {
        actions: false, ast: true, defaultStyle: false, renderer: "canvas", tooltip: showTip,
      });
      const canvas = place.querySelector("canvas");
      if (!spec.autosize && spec.layer && canvas && !overtaken()) {
        await made.view.width(made.view.width() + state.width - canvas.clientWidth).runAsync();
      }
      taken = !overtaken();
      if (taken) take(state, made.view, meta, place, theme);
    } finally {
      if (!taken) {
        if (made) made.finalize();
        place.remove();
      }
    }
  }

  function take(state, view, meta, place, theme) {
    const span = state.view ? currentSpan(state) : null;
    if (state.view) state.view.finalize();
    state.view = view;
    state.meta = meta;
    state.steps.hidden = !meta.signal;
    if (meta.signal) {
      state.whole = view.scale(meta.scale).domain().map(Number);
      if (span) setSpan(state, span);
    }
    place.className = "";
    state.stage.replaceChildren(place);
    state.stage.dataset.drawn = theme;
    show(state);
  }

  async function draw(state) {
    const turn = (state.turn += 1);
    try {
      await attempt(state, turn);
    } catch (error) {
      if (turn !== state.turn) return;
      end(state);
      state.note.textContent = "It could not be loaded; the picture above has it all.";
      console.error(error);
    }
  }

  function currentSpan(state) {
    const given = state.meta.signal && state.view.signal(state.meta.signal);
    return given ? given.map(Number) : null;
  }

  function setSpan(state, span) {
    state.view.signal(state.meta.signal, span).runAsync();
  }

  // What the pointer does by dragging and the wheel, for the keyboard and for fingers.
  function step(state, factor, shift) {
    hideTip();
    const [from, to] = currentSpan(state) || state.whole;
    const half = ((to - from) / 2) * factor;
    const middle = (from + to) / 2 + shift * (to - from);
    setSpan(state, factor ? [middle - half, middle + half] : state.whole);
  }

  function zoomButtons(state) {
    const group = element("span", "gp-steps");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Span of time shown");
    [["closer", 0.5, 0], ["wider", 2, 0], ["earlier", 1, -0.25], ["later", 1, 0.25], ["all", 0, 0]].forEach(function (each) {
      const button = element("button", "gp-button", each[0]);
      button.type = "button";
      button.addEventListener("click", () => step(state, each[1], each[2]));
      group.append(button);
    });
    return group;
  }

  // The button stays where the keyboard is while the picture loads; pressed again it does nothing.
  function begin(state) {
    open.add(state);
    state.button.setAttribute("aria-disabled", "true");
    state.note.textContent = "Loading …";
    state.box.hidden = false;
    draw(state);
  }

  function show(state) {
    if (state.figure.classList.contains("gp-exploring")) return;
    state.figure.classList.add("gp-exploring");
    state.button.removeAttribute("aria-disabled");
    state.button.textContent = "show the still picture";
    state.button.setAttribute("aria-expanded", "true");
    state.note.textContent = finger.matches ? "Touch it for the numbers." : "Point at it for the numbers.";
    if (state.meta.signal) {
      state.note.textContent += finger.matches
        ? " Drag to move along; the buttons show more or less time."
        : " Drag to move along; Ctrl or ⌘ with the wheel, or the buttons, show more or less time.";
    }
  }

  function end(state) {
    open.delete(state);
    state.turn += 1;
    hideTip();
    if (state.view) state.view.finalize();
    state.view = null;
    state.stage.replaceChildren();
    delete state.stage.dataset.drawn;
    state.figure.classList.remove("gp-exploring");
    state.box.hidden = true;
    state.button.removeAttribute("aria-disabled");
    state.button.textContent = "explore";
    state.button.setAttribute("aria-expanded", "false");
    state.note.textContent = "";
  }

  // The second press of a double one means the same as the first.
  function pressed(state, event) {
    if (event.detail > 1 || state.button.hasAttribute("aria-disabled")) return;
    if (open.has(state)) end(state);
    else begin(state);
  }

  function equip(figure) {
    const state = { figure: figure, view: null, turn: 0 };
    const title = figure.querySelector(".gp-title");
    state.box = element("div", "gp-chart");
    state.box.hidden = true;
    state.stage = state.box.appendChild(element("div", "gp-stage"));
    state.steps = state.box.appendChild(zoomButtons(state));
    state.steps.hidden = true;
    const tools = element("p", "gp-tools");
    state.button = tools.appendChild(element("button", "gp-button", "explore"));
    state.button.type = "button";
    state.button.setAttribute("aria-expanded", "false");
    if (title) {
      title.id = title.id || figure.id + "-title";
      state.button.setAttribute("aria-describedby", title.id);
    }
    state.note = tools.appendChild(element("span", "gp-small"));
    state.note.setAttribute("role", "status");
    state.button.addEventListener("click", (event) => pressed(state, event));
    figure.querySelector(".gp-source").before(state.box, tools);
  }

  function redraw() {
    hideTip();
    open.forEach(draw);
  }

  document.addEventListener("DOMContentLoaded", function () {
    const figures = document.querySelectorAll(".gp-figure[data-spec]");
    if (!figures.length) return;
    figures.forEach(equip);
    new MutationObserver(redraw).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
    let waiting = 0;
    window.addEventListener("resize", function () {
      clearTimeout(waiting);
      waiting = setTimeout(function () {
        if (Array.from(open).some((state) => Math.min(state.box.clientWidth, WIDEST) !== state.width)) redraw();
      }, 200);
    });
    window.addEventListener("scroll", hideTip, { passive: true });
    document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());
  });
})();
