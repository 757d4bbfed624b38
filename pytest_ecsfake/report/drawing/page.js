// Draws the trace of the page as lanes over virtual time, and shows what was chosen. It reads the trace and nothing else.
"use strict";
(async () => {
  const MOST_LANES = 150; // what is unfolded at the start; a lane is some elements of the page, so thousands would make it slow
  const BATCH = 100; // how many tasks are folded into one lane where there are more
  const MOST_TASKS_LISTED = 60;

  // How each state looks. What isn't named here is drawn as a state on the way.
  const LOOKS = {
    waiting: ["PROVISIONING", "PENDING", "REGISTERING", "STABILIZING", "INSUFFICIENT_DATA"],
    starting: ["ACTIVATING", "IN_PROGRESS", "CREATING", "UPDATING"],
    good: ["RUNNING", "ACTIVE", "COMPLETED", "SUCCESSFUL", "STEADY_STATE", "OK", "PRIMARY", "UPDATE_COMPLETE", "steady"],
    short: ["not steady"],
    ending: ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "DRAINING", "DEREGISTERING", "DELETING", "DELETE_IN_PROGRESS", "DISASSOCIATING", "STOP_REQUESTED", "STOPPED",
      "INACTIVE", "ROLLBACK_SUCCESSFUL"],
    bad: ["FAILED", "ALARM", "ROLLBACK_IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_FAILED", "REGISTRATION_FAILED", "CREATE_FAILED",
      "UPDATE_FAILED", "DELETE_FAILED"],
    clock: [],
  };
  const LEGEND = {
    waiting: "waits: PROVISIONING, PENDING",
    starting: "on the way: ACTIVATING, IN_PROGRESS",
    good: "as wanted: RUNNING, ACTIVE, COMPLETED, steady",
    short: "a service that isn't steady",
    ending: "on its way out: STOPPING, DRAINING",
    bad: "went wrong: FAILED, rolled back, ALARM",
    clock: "the clock moved on",
  };
  const GLYPHS = { call: "●", refused: "✕", fault: "!", event: "◆", change: "○", end: "■", "failed-end": "✖" };
  const MARKS = { call: "call", refused: "call that was refused", fault: "fault of the test", event: "event to EventBridge", change: "another change",
    end: "the end of a task or a resource", "failed-end": "a task that ended badly" };
  const lookOf = new Map(Object.entries(LOOKS).flatMap(([look, states]) => states.map((state) => [state, look])));

  const trace = JSON.parse(await unpacked(document.getElementById("trace")));
  const about = trace.otherData;
  const lanes = readLanes(trace.traceEvents);
  const roots = makeTree(lanes);
  const rows = new Map(); // every node by its id
  const open = new Set();
  for (const root of roots) index(root, 0);
  unfoldWhatFits();

  let visible = [];
  let chosen = null; // the thing, if one was chosen
  let focused = null; // the button that folded a lane last, as long as it has the focus
  let row = null; // the lane that the keys move along
  const groups = new vis.DataSet();
  const items = new vis.DataSet();
  const things = new Map(); // what can be chosen, by the id of its item
  const box = document.getElementById("timeline");
  const span = Math.max(about.duration / 1000, 1000);
  const timeline = new vis.Timeline(box, items, groups, {
    align: "left", autoResize: true, editable: false, groupOrder: "position", margin: { axis: 3, item: { horizontal: 0, vertical: 3 } },
    maxHeight: Math.max(280, Math.round(window.innerHeight * 0.62)), min: -0.5 * span, max: 1.5 * span, moment: (date) => vis.moment(date).utc(),
    orientation: { axis: "top", item: "top" }, selectable: true, multiselect: false, showCurrentTime: false, showMajorLabels: false, stack: false,
    start: -0.03 * span, end: 1.04 * span, tooltip: { followMouse: false, overflowMethod: "cap", delay: 250 }, verticalScroll: true,
    zoomKey: "ctrlKey", zoomMin: 20, zoomMax: 2.2 * span,
    format: { minorLabels: (date) => onTheAxis(date.valueOf()) },
  });
  window.ecsFakePage = { timeline, trace };
  const cursor = timeline.addCustomTime(span, "chosen");
  show();
  drawLegend();
  listen();
  follow() || choose({ at: about.duration });

  // --- reading the trace -------------------------------------------------------------------------------------------------------------

  async function unpacked(element) {
    if (element.dataset.packing === "none") return element.textContent;
    const bytes = Uint8Array.from(atob(element.textContent), (character) => character.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
  }

  function readLanes(events) {
    const found = new Map();
    const titles = new Map();
    for (const event of events) {
      if (event.name === "process_name") titles.set(event.pid, { pid: event.pid, title: event.args.name, lanes: [] });
      if (event.name !== "thread_name" || event.ph !== "M") continue;
      const lane = { id: `${event.pid}.${event.tid}`, name: event.args.name, kind: event.args.kind, args: event.args, parent: event.args.parent,
        children: [], slices: [], marks: [], group: titles.get(event.pid) };
      lane.group.lanes.push(lane);
      found.set(lane.id, lane);
    }
    for (const [number, event] of events.entries()) {
      const lane = found.get(`${event.pid}.${event.tid}`);
      if (event.ph === "X") lane.slices.push({ ...event, number, lane });
      if (event.ph === "i") lane.marks.push({ ...event, number, lane });
    }
    for (const lane of found.values()) {
      lane.slices.sort((a, b) => a.ts - b.ts || a.args.order - b.args.order);
      lane.marks.sort((a, b) => a.ts - b.ts || a.args.order - b.args.order);
    }
    return [...titles.values()];
  }

  function makeTree(titles) {
    const tops = [];
    for (const { pid, title, lanes } of titles) {
      const byTid = new Map(lanes.map((lane) => [Number(lane.id.split(".")[1]), lane]));
      const first = lanes.filter((lane) => !byTid.has(lane.parent));
      for (const lane of lanes) byTid.get(lane.parent)?.children.push(lane);
      if (first.length === 1 && first[0].name === title) tops.push(first[0]);
      else tops.push({ id: `group${pid}`, name: title, kind: "group", args: {}, children: first, slices: [], marks: [] });
    }
    return tops;
  }

  function index(node, depth) {
    node.depth = depth;
    const tasks = node.children.filter((child) => child.kind === "task");
    if (tasks.length > BATCH) {
      const batches = [];
      for (let from = 0; from < tasks.length; from += BATCH) {
        const children = tasks.slice(from, from + BATCH);
        batches.push({ id: `${node.id}-${from}`, name: `tasks ${from + 1} to ${from + children.length}`, kind: "batch", args: {}, children,
          slices: running(children), marks: [] });
      }
      node.children = [...node.children.filter((child) => child.kind !== "task"), ...batches];
    }
    rows.set(node.id, node);
    for (const child of node.children) {
      child.above = node;
      index(child, depth + 1);
    }
  }

  // How many of some tasks run, as slices.
  function running(tasks) {
    const steps = new Map();
    const add = (at, by) => steps.set(at, (steps.get(at) ?? 0) + by);
    for (const task of tasks) for (const slice of task.slices) {
      if (slice.name !== "RUNNING") continue;
      add(slice.ts, 1);
      if (!slice.args.goesOn) add(slice.ts + slice.dur, -1);
    }
    const instants = [...steps.keys()].sort((a, b) => a - b);
    let count = 0;
    return instants.map((at, position) => {
      count += steps.get(at);
      const end = instants[position + 1] ?? about.duration;
      return { ph: "X", ts: at, dur: end - at, name: `${count} running`, args: { order: 0, until: Infinity, state: count ? "steady" : "STOPPED" } };
    });
  }

  function unfoldWhatFits() {
    let room = MOST_LANES - roots.length;
    let level = roots;
    while (level.length) {
      const next = [];
      for (const node of level) {
        if (!node.children.length || node.children.length > room) continue;
        room -= node.children.length;
        open.add(node.id);
        next.push(...node.children);
      }
      level = next;
    }
  }

  // --- drawing -----------------------------------------------------------------------------------------------------------------------

  function show() {
    const wanted = [];
    const walk = (node) => {
      wanted.push(node);
      if (open.has(node.id)) node.children.forEach(walk);
    };
    roots.forEach(walk);
    const before = new Set(visible.map((node) => node.id));
    const after = new Set(wanted.map((node) => node.id));
    const gone = visible.filter((node) => !after.has(node.id));
    visible = wanted;
    items.remove(gone.flatMap((node) => node.items));
    groups.remove(gone.map((node) => node.id));
    for (const [position, node] of wanted.entries()) {
      if (before.has(node.id) && node.position === position) continue;
      node.position = position;
      node.label ??= labelOf(node);
      groups.update({ id: node.id, content: node.label, position, className: node.depth ? "" : "top" });
    }
    for (const node of wanted) showFold(node);
    items.add(wanted.filter((node) => !before.has(node.id)).flatMap(itemsOf));
  }

  function labelOf(node) {
    const label = element("span", "label");
    label.style.paddingLeft = `${node.depth * 0.8}rem`;
    if (node.children.length) {
      const button = element("button");
      button.setAttribute("aria-label", `${node.name}: ${node.children.length} lanes`);
      button.dataset.fold = node.id;
      label.append(button);
    } else {
      label.append(element("span", "none"));
    }
    const name = element("span", "", node.name);
    name.title = node.name;
    label.append(name);
    return label;
  }

  function showFold(node) {
    const button = node.label.querySelector("button");
    if (!button) return;
    button.textContent = open.has(node.id) ? "▾" : "▸";
    button.setAttribute("aria-expanded", open.has(node.id));
  }

  function itemsOf(node) {
    const drawn = [];
    node.things = [];
    for (const slice of node.slices) {
      if (!slice.dur && !slice.args.goesOn) continue;
      const id = `${node.id}/${slice.ts}`;
      const look = node.kind === "clock" ? "clock" : lookOf.get(slice.args.state ?? slice.name) ?? "starting";
      const end = slice.ts + slice.dur;
      drawn.push({ id, group: node.id, type: "range", start: slice.ts / 1000, end: Math.max(end, slice.ts + 1000) / 1000, className: look,
        content: element("span", "", slice.name), title: `${escaped(slice.name)}, ${offset(slice.ts)} to ${offset(end)}` });
      note(node, { id, node, at: slice.ts, slice, order: Infinity });
    }
    const instants = new Map();
    for (const mark of node.marks) instants.set(mark.ts, [...(instants.get(mark.ts) ?? []), mark]);
    for (const [at, marks] of instants) {
      const id = `${node.id}@${at}`;
      const sorts = marks.map(sortOf);
      const sort = Object.keys(GLYPHS).filter((each) => sorts.includes(each)).sort((a, b) => rank(b) - rank(a))[0];
      const count = marks.length > 1 ? ` ${marks.length}` : "";
      drawn.push({ id, group: node.id, type: "point", start: at / 1000, className: `marks ${sort}`,
        content: element("span", `mark ${sort}`, `${GLYPHS[sort]}${count}`),
        title: `${offset(at)}\n${escaped(marks.slice(0, 8).map((mark) => mark.name).join("\n"))}${marks.length > 8 ? "\n…" : ""}` });
      // The state that a call left behind is that of its answer. Anything else is shown with all that came at its instant.
      note(node, { id, node, at, marks, order: marks[marks.length - 1].args.leftBy ?? Infinity });
    }
    node.things.sort((a, b) => a.at - b.at || Boolean(a.marks) - Boolean(b.marks));
    node.items = drawn.map((item) => item.id);
    return drawn;
  }

  function note(node, thing) {
    node.things.push(thing);
    things.set(thing.id, thing);
  }

  function sortOf(mark) {
    if (mark.cat === "call") return mark.args.error || mark.args.problem ? "refused" : "call";
    if (mark.cat === "end") return mark.lane.kind === "task" && endedBadly(mark.lane) ? "failed-end" : "end";
    return mark.cat;
  }

  function rank(sort) {
    return ["event", "change", "call", "end", "fault", "failed-end", "refused"].indexOf(sort);
  }

  function endedBadly(lane) {
    const { stopCode, containers = [] } = lane.args;
    return stopCode === "TaskFailedToStart" || stopCode === "SpotInterruption" || containers.some((each) => each.exitCode && each.exitCode !== 143)
      && stopCode === "EssentialContainerExited";
  }

  function drawLegend() {
    const legend = document.getElementById("legend");
    for (const [look, words] of Object.entries(LEGEND)) {
      const entry = element("div");
      entry.append(element("span", `swatch ${look}`), words);
      legend.append(entry);
    }
    for (const [sort, words] of Object.entries(MARKS)) {
      const entry = element("div");
      entry.append(element("span", `mark ${sort}`, GLYPHS[sort]), words);
      legend.append(entry);
    }
  }

  // --- choosing ----------------------------------------------------------------------------------------------------------------------

  function choose({ id, at, order = Infinity }, { move = false, remember = false } = {}) {
    chosen = id === undefined ? null : things.get(id) ?? null;
    const instant = at ?? chosen?.at ?? about.duration;
    if (chosen) {
      row = chosen.node;
      order = chosen.order;
    }
    timeline.setCustomTime(instant / 1000, "chosen");
    timeline.setSelection(chosen ? [chosen.id] : []);
    if (move && chosen) bringIntoView(chosen);
    else if (move) showInstant(instant / 1000);
    describe(instant, order);
    if (remember) history.replaceState(null, "", linkTo(instant));
  }

  // focus() brings the lane into view, but it centres what is chosen: the window stays if it shows the instant already.
  function bringIntoView(thing) {
    const { start, end } = timeline.getWindow();
    timeline.focus(thing.id, { animation: false, zoom: false });
    timeline.setWindow(start, end, { animation: false });
    showInstant(thing.at / 1000);
  }

  function showInstant(at) {
    const { start, end } = timeline.getWindow();
    if (at < start.valueOf() || at > end.valueOf()) timeline.moveTo(at, { animation: false });
  }

  function linkTo(instant) {
    return `#at=${instant / 1e6}${chosen ? `&on=${encodeURIComponent(chosen.id)}` : ""}`;
  }

  // Follow the link in the address, if there is one.
  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (!asked.has("at")) return false;
    const id = asked.get("on") ?? undefined;
    const at = Math.round(Number(asked.get("at")) * 1e6);
    if (id !== undefined) unfoldTo(rows.get(id.split(/[/@]/)[0]));
    choose(things.has(id) ? { id, at } : { at }, { move: true });
    return true;
  }

  function unfoldTo(node) {
    for (let above = node?.above; above; above = above.above) open.add(above.id);
    show();
  }

  function step(by) {
    const along = row && rowShown(row) ? row : visible.find((node) => node.things?.length);
    if (!along) return;
    const list = along.things;
    const at = timeline.getCustomTime("chosen").valueOf() * 1000;
    let position = list.indexOf(chosen);
    if (position < 0) position = by > 0 ? list.findIndex((thing) => thing.at >= at) - 1 : list.findIndex((thing) => thing.at > at);
    if (position < 0 && by < 0) position = list.length;
    const next = list[Math.min(Math.max(position + by, 0), list.length - 1)];
    if (next) choose({ id: next.id }, { move: true, remember: true });
  }

  function changeLane(by) {
    const withThings = visible.filter((node) => node.things?.length);
    const position = row && rowShown(row) ? withThings.indexOf(row) : by > 0 ? -1 : withThings.length;
    const next = withThings[Math.min(Math.max(position + by, 0), withThings.length - 1)];
    if (!next) return;
    const at = chosen?.at ?? timeline.getCustomTime("chosen").valueOf() * 1000;
    const nearest = next.things.reduce((best, thing) => (Math.abs(thing.at - at) < Math.abs(best.at - at) ? thing : best));
    choose({ id: nearest.id }, { move: true, remember: true });
  }

  function rowShown(node) {
    return visible.includes(node);
  }

  function fold(node, opened) {
    if (!node?.children.length) return;
    if (opened) open.add(node.id);
    else open.delete(node.id);
    show();
  }

  function foldAll(opened) {
    for (const node of rows.values()) {
      if (!node.children.length || node.kind === "batch") continue;
      if (opened) open.add(node.id);
      else open.delete(node.id);
    }
    show();
  }

  function listen() {
    const on = (id, action) => document.getElementById(id).addEventListener("click", action);
    const still = { animation: false };
    const zoomIn = () => timeline.zoomIn(0.5, still);
    const zoomOut = () => timeline.zoomOut(0.5, still);
    const all = () => timeline.setWindow(-0.03 * span, 1.04 * span, still);
    on("zoom-in", zoomIn);
    on("zoom-out", zoomOut);
    on("fit", all);
    on("previous", () => step(-1));
    on("next", () => step(1));
    on("unfold", () => foldAll(true));
    on("fold", () => foldAll(false));
    on("download", download);
    timeline.on("click", (event) => {
      const button = event.event.target.closest?.("[data-fold]");
      if (button) return;
      if (event.item !== null && event.item !== undefined) {
        const thing = things.get(event.item);
        const at = Math.round(event.time.valueOf() * 1000);
        // a click on a mark is for its instant, a click on a state for the instant that was clicked
        choose(thing.slice ? { id: event.item, at: Math.max(at, thing.at) } : { id: event.item }, { remember: true });
      } else if (event.what === "background" || event.what === "axis") {
        choose({ at: Math.min(Math.max(Math.round(event.time.valueOf() * 1000), 0), about.duration) }, { remember: true });
      }
    });
    timeline.on("timechanged", (event) => choose({ at: Math.round(event.time.valueOf() * 1000) }, { remember: true }));
    box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-fold]");
      if (!button) return;
      const id = button.dataset.fold;
      fold(rows.get(id), !open.has(id));
      focused = button;
      button.focus();
    });
    // The library puts all lanes up again when some come or go, which takes the focus from a button in one of them.
    timeline.on("changed", () => {
      if (focused?.isConnected && document.activeElement === document.body) focused.focus();
    });
    document.addEventListener("focusin", (event) => {
      if (event.target !== focused) focused = null;
    });
    const keys = {
      ArrowLeft: () => step(-1), ArrowRight: () => step(1), ArrowUp: () => changeLane(-1), ArrowDown: () => changeLane(1),
      "+": zoomIn, "=": zoomIn, "-": zoomOut, 0: all,
      Home: () => choose({ at: 0 }, { move: true, remember: true }), End: () => choose({ at: about.duration }, { move: true, remember: true }),
      Enter: () => fold(row, !open.has(row?.id)),
    };
    box.addEventListener("keydown", (event) => {
      const action = keys[event.key];
      if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Enter" && event.target.closest("[data-fold]")) return;
      event.preventDefault();
      action();
    });
    window.addEventListener("hashchange", follow);
    window.addEventListener("resize", () =>
      timeline.setOptions({ maxHeight: Math.max(280, Math.round(window.innerHeight * 0.62)) }));
  }

  function download() {
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(trace)], { type: "application/json" }));
    link.download = "trace.json";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // --- describing what was chosen ----------------------------------------------------------------------------------------------------

  function describe(at, order) {
    const left = element("div");
    const right = element("div");
    const heading = element("h2", "", chosen ? `${chosen.node.name}, ${offset(at)}` : `${offset(at)}`);
    const link = element("a", "", "link to this instant");
    link.href = linkTo(at);
    const line = element("p", "hint");
    line.append(`${new Date(Date.parse(about.startedAt) + at / 1000).toISOString()} of virtual time, `, link);
    left.append(heading, line);
    if (chosen?.slice) left.append(describeSlice(chosen));
    for (const mark of chosen?.marks ?? []) left.append(describeMark(mark, chosen.marks.length === 1));
    if (chosen) left.append(describeLane(chosen.node));
    right.append(element("h2", "", `State at ${offset(at)}`), stateAt(at, order));
    document.getElementById("details").replaceChildren(left, right);
    const what = chosen?.slice ? [chosen.slice] : chosen?.marks ?? [];
    document.getElementById("said").textContent = [heading.textContent, ...what.slice(0, 3).map((each) => each.name)].join(", ");
  }

  function describeSlice({ slice }) {
    const { order, until, goesOn, state, ...rest } = slice.args;
    const lasts = `${offset(slice.ts)} to ${offset(slice.ts + slice.dur)}${goesOn ? ", and on" : ""}, ${seconds(slice.dur)}`;
    return facts({ state: slice.name, from: lasts, ...rest });
  }

  function describeMark(mark, alone) {
    const whole = element("details");
    whole.open = alone;
    whole.append(element("summary", "", mark.name));
    const { request, response, error, problem, event, order, leftBy, answeredAt, repeatedUntil, ...rest } = mark.args;
    if (error) whole.append(element("p", "refusal", `${error.code}: ${error.message ?? ""}`));
    if (problem) whole.append(element("p", "refusal", problem));
    if (answeredAt !== undefined) rest["answered at"] = offset(answeredAt);
    if (repeatedUntil !== undefined) rest["repeated until"] = offset(repeatedUntil);
    whole.append(facts(rest));
    if (request) whole.append(element("h3", "", "Request"), json(request));
    if (response) whole.append(element("h3", "", "Answer"), json(response));
    if (event) whole.append(element("h3", "", "Event"), json(event));
    return whole;
  }

  function describeLane(node) {
    const { name, kind, parent, ...rest } = node.args;
    return facts(rest);
  }

  function facts(members) {
    const list = element("dl");
    for (const [name, value] of Object.entries(members)) {
      list.append(element("dt", "", name), element("dd", "", typeof value === "object" ? JSON.stringify(value) : String(value)));
    }
    return list;
  }

  // What each resource was in: `order` says how far the steps of that very instant count.
  function stateAt(at, order) {
    const body = element("tbody");
    let listed = 0;
    let left = 0;
    const counts = new Map();
    for (const node of rows.values()) {
      if (!node.group || ["calls", "events", "clock", "faults"].includes(node.kind)) continue;
      const state = stateOf(node, at, order);
      if (!state || state.ended && node.kind !== "task") continue;
      if (node.kind === "task") {
        counts.set(state.name, (counts.get(state.name) ?? 0) + 1);
        if (state.ended) continue;
        if (listed === MOST_TASKS_LISTED) {
          left += 1;
          continue;
        }
        listed += 1;
      }
      const cells = element("tr");
      const name = element("td", "", node.kind === "task" ? node.name : node.name.startsWith(node.kind.split("-")[0]) ? node.name : `${node.kind} ${node.name}`);
      const shown = element("td");
      shown.append(element("span", `swatch ${lookOf.get(state.look) ?? "starting"}`), state.name);
      cells.append(name, shown, element("td", "number", `since ${offset(state.since)}`));
      body.append(cells);
    }
    const table = element("table", "runs");
    table.append(body);
    const whole = element("div");
    if (counts.size) whole.append(element("p", "", `Tasks: ${[...counts].map(([name, count]) => `${count} ${name}`).join(", ")}.`));
    if (body.childElementCount) whole.append(table);
    else whole.append(element("p", "hint", "Nothing is there yet."));
    if (left) whole.append(element("p", "hint", `… and ${left} more tasks.`));
    return whole;
  }

  function stateOf(node, at, order) {
    const begun = (event) => (order === Infinity ? event.ts <= at : event.args.order <= order);
    const slice = node.slices.filter(begun).at(-1);
    const end = node.marks.filter((mark) => mark.cat === "end" && begun(mark)).at(-1);
    if (end && (!slice || end.args.order >= slice.args.order)) return { name: end.name, look: end.name, since: end.ts, ended: true };
    return slice && { name: slice.name, look: slice.args.state ?? slice.name, since: slice.ts, ended: false };
  }

  // --- words -------------------------------------------------------------------------------------------------------------------------

  function element(tag, className = "", text = "") {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function json(document) {
    return element("pre", "", JSON.stringify(document, null, 2));
  }

  function seconds(microseconds) {
    return `${Number((microseconds / 1e6).toFixed(6))} s`;
  }

  // An offset from the start of the fake, as the text in pytest's report has it: in seconds.
  function offset(microseconds) {
    const sign = microseconds < 0 ? "-" : "+";
    return `${sign}${Number((Math.abs(microseconds) / 1e6).toFixed(3))} s`;
  }

  // The same for the axis, which has little room: +45 s, +11 min, +2 h 5 min.
  function onTheAxis(milliseconds) {
    if (Math.abs(milliseconds) < 60000) return offset(milliseconds * 1000);
    let rest = Math.round(Math.abs(milliseconds)) / 1000;
    const words = [];
    for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
      const count = Math.floor(rest / size);
      rest -= count * size;
      if (count) words.push(`${count} ${unit}`);
    }
    if (rest) words.push(`${Number(rest.toFixed(3))} s`);
    return `${milliseconds < 0 ? "-" : "+"}${words.join(" ")}`;
  }

  function escaped(text) {
    return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  }
})();
