// Tests of the dashboard's modules that need no browser: `node --test tests/serving/dashboard.mjs`.

import assert from "node:assert/strict";
import { test } from "node:test";

const folder = "../../timmy_actors/serving/http/static";
const { addSample, joined, niceTop, spanOf, statistics } = await import(`${folder}/charts.js`);
const { newLines } = await import(`${folder}/chat.js`);
const { LAND } = await import(`${folder}/coast.js`);
const { entitiesOf } = await import(`${folder}/entities.js`);
const { fieldOf, fieldsOf, valueOf } = await import(`${folder}/form.js`);
const geometry = await import(`${folder}/geometry.js`);
const heartbeat = await import(`${folder}/heartbeat.js`);
const { addCommands, addEvent, commandItem, eventItem } = await import(`${folder}/log.js`);
const { PLACES } = await import(`${folder}/places.js`);
const { drawingOf } = await import(`${folder}/screen.js`);
const { EventParser, retryDelay } = await import(`${folder}/stream.js`);
const terrain = await import(`${folder}/terrain.js`);
const { direction, duration } = await import(`${folder}/text.js`);
const { flatten, restartsBetween } = await import(`${folder}/tree.js`);

test("the parser of events gives the same events however the bytes are split", () => {
  const text = ': hello\r\n\r\nevent: link\r\nid: 7\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata: x\n\nid: 9\n\n';
  const events = [
    { type: "link", data: '{"a":\n1}', id: "7" },
    { type: "message", data: "x", id: "7" },
  ];
  for (let size = 1; size <= text.length; size += 1) {
    const parser = new EventParser();
    const parts = text.match(new RegExp(`[^]{1,${size}}`, "g"));
    assert.deepEqual(parts.flatMap((part) => parser.push(part)), events);
    assert.equal(parser.lastId, "9");
  }
});

test("retries are delayed longer and longer, up to a bound", () => {
  assert.equal(retryDelay(0, 1), 250);
  assert.equal(retryDelay(1, 0), 250);
  assert.equal(retryDelay(1000, 1), 5000);
});

test("each known place outdoors lies on land", () => {
  const wet = PLACES.filter(([, x, y]) => !LAND.some(({ outline }) => geometry.isInside({ x, y }, outline)));
  assert.deepEqual(wet, []);
  assert.ok(!LAND.some(({ outline }) => geometry.isInside({ x: -15, y: 0 }, outline)));
});

test("pixels and cells are converted both ways, north upwards", () => {
  const { toPixels, toCells } = geometry.projection({ x: -2.5, y: -1.5, zoom: 40 }, { width: 800, height: 400 });
  assert.deepEqual(toPixels({ x: -2.5, y: -0.5 }), { x: 400, y: 160 });
  assert.deepEqual(toCells({ x: 400, y: 160 }), { x: -2.5, y: -0.5 });
});

test("a view that fits some points shows all of them", () => {
  const size = { width: 300, height: 500 };
  const points = [{ x: -3, y: 8 }, { x: 5, y: -1 }, { x: 0, y: 0 }];
  const { toPixels } = geometry.projection(geometry.fit(points, size, 1000), size);
  for (const { x, y } of points.map(toPixels)) assert.ok(x >= 0 && x <= 300 && y >= 0 && y <= 500);
});

test("a track is broken where the player was teleported or went inside", () => {
  const at = (x, space = "") => ({ x, y: 0, space });
  const track = [at(0), at(0.5), at(9), at(9.5), at(0, "Inn"), at(9.6), at(9.7)];
  assert.deepEqual(geometry.runs(track, "").map((run) => run.map(({ x }) => x)), [[0, 0.5], [9, 9.5], [9.6, 9.7]]);
  assert.equal(geometry.extend(track, at(9.7)), track);
  assert.equal(geometry.extend(track, at(9.9), 3).length, 3);
});

test("labels keep clear of each other and of the edges", () => {
  const label = (x, text) => ({ x, y: 50, text });
  const size = { width: 200, height: 60 };
  const placed = geometry.placeLabels([label(50, "first"), label(52, "second"), label(198, "third"), label(51, "4")], size);
  assert.deepEqual(placed.map(({ text, side }) => [text, side]), [["first", "right"], ["second", "left"], ["third", "left"], ["4", "above"]]);
});

test("entities have their space and position in cells, the perceived player first", () => {
  const position = { cell: "-3, -2", exterior: true, x: -8192, y: 4096, yaw: 90 };
  const actor = { unique_index: "1-0", ref_id: "guard", name: null, cell: "Balmora, Temple", x: 0, y: 0, distance: 5, bearing: 0 };
  const lost = { unique_index: "2-0", ref_id: "crate", kind: "container", cell: "-3, -2", x: null, y: null };
  const snapshot = { player: "Timmy", position, nearby_actors: { actors: [actor] }, nearby_objects: { objects: [lost] } };
  const entities = entitiesOf(snapshot);
  assert.deepEqual(entities.map(({ kind, name, space, x, y }) => [kind, name, space, x, y]), [
    ["self", "Timmy", "", -1, 0.5],
    ["npc", "guard", "Balmora, Temple", 0, 0],
  ]);
});

test("a restart is seen by its generation, even if several happened at once", () => {
  const node = (name, generation, children = []) => ({ name, generation, children });
  const before = flatten([node("root", 1, [node("link", 1, [node("connection", 2)])])]);
  const after = flatten([node("root", 1, [node("link", 1, [node("connection", 5)]), node("new", 1)])]);
  assert.deepEqual(restartsBetween(before, after).map(({ name, parent, depth }) => [name, parent, depth]), [["connection", "link", 2]]);
});

test("a chart joins no samples across a lost link, and drops the old ones", () => {
  const sample = (at, roundTrip) => ({ at, roundTrip });
  const samples = [sample(0, 1), sample(1000, 2), sample(2000, null), sample(3000, 4), sample(60_000, 5)];
  assert.deepEqual(joined(samples, "roundTrip").map((part) => part.length), [2, 1, 1]);
  assert.equal(addSample(samples, sample(361_500, 1)).length, 4);
  assert.deepEqual([niceTop(0), niceTop(1.2), niceTop(33), niceTop(100)], [1, 2, 50, 100]);
  assert.deepEqual([spanOf(0), spanOf(61_000), spanOf(1e9)], [1, 2, 6]);
  assert.deepEqual(statistics([5, 1, 3]), { latest: 3, median: 3, high: 5, most: 5 });
});

test("only new lines of the chat are added", () => {
  const line = (now, text) => ({ now, text });
  const known = [line(1, "a"), line(2, "b")];
  assert.deepEqual(newLines(known, [line(2, "b"), line(2, "c")]), [line(2, "c")]);
  assert.deepEqual(newLines(known, [line(3, "d")]), [line(3, "d")]);
  assert.deepEqual(newLines(known, known), []);
});

test("the log counts repeated events, and updates a command when it is done", () => {
  const event = (name, ms) => eventItem({ event: name, player: "Timmy", now: 0, data: {} }, new Date(ms), ms);
  const items = [event("cell_load", 1), event("cell_load", 2), event("chat", 3)].reduce(addEvent, []);
  assert.deepEqual(items.map(({ name, times }) => [name, times]), [["Chat", 1], ["Cell load", 2]]);
  const command = { number: 4, name: "teleport", arguments: { to: "Vos" }, state: "sent", accepted_at: "2026-01-01T00:00:00Z" };
  const done = { ...command, state: "done", settled_at: "2026-01-01T00:00:00.012Z", value: { cell: "11, 14" } };
  const [first, ...rest] = addCommands(addCommands([], [commandItem(command)]), [commandItem(done)]);
  assert.deepEqual([first.outcome, first.took, first.result, rest.length], ["done", "12 ms", "cell 11, 14", 0]);
});

test("a form has the right field for each kind of argument, and reads its value", () => {
  const text = { anyOf: [{ type: "string", maxLength: 9 }, { type: "null" }], default: null };
  const schema = {
    properties: { player: { type: "string" }, to: text, rows: { type: "array", items: { type: "string" } }, extra: { $ref: "#/$defs/Extra" } },
    $defs: { Extra: { type: "object" } },
    required: ["player", "rows"],
  };
  const kinds = fieldsOf(schema).map(({ name, type, required }) => [name, type, required]);
  assert.deepEqual(kinds, [["to", "string", false], ["rows", "lines", true], ["extra", "json", false], ["player", "string", false]]);
  assert.equal(fieldOf("sex", { enum: ["male", "female"], type: "string" }, {}).type, "choice");
  assert.equal(valueOf({ type: "integer" }, " 7 "), 7);
  assert.equal(valueOf({ type: "string" }, ""), undefined);
  assert.deepEqual(valueOf({ type: "lines" }, "a\n\n b "), ["a", "b"]);
  assert.throws(() => valueOf({ type: "integer" }, "1.5"), { message: "must be a whole number" });
  assert.throws(() => valueOf({ type: "number" }, "x"), { message: "must be a number" });
  assert.throws(() => valueOf({ type: "json" }, "{"), /is not JSON/);
});

test("an action is drawn where it happened in the picture", () => {
  const click = { action: "click", params: { x: 400, y: 225, image_size: [800, 450] }, outcome: "done" };
  assert.deepEqual(drawingOf(click, [1600, 900]), { point: [800, 450], text: "click", outcome: "done" });
  const key = { action: "press_key", params: { key: "w" }, outcome: "done", binding: "forward" };
  assert.deepEqual(drawingOf(key, [1600, 900], [5, 5]), { point: null, text: "forward w", outcome: "done" });
  assert.equal(drawingOf({ ...click, params: { x: 5000, y: 1 } }, [1600, 900]).point, null);
});

test("directions and durations are readable", () => {
  assert.deepEqual([-45, 0, 44, 181, 359].map(direction), ["north-west", "north", "north-east", "south", "north"]);
  assert.deepEqual([0.02, 5, 89, 91, 7200, 200_000].map(duration), ["20 ms", "5 s", "89 s", "2 min", "2 h", "2 d"]);
});

const BEATING = {
  phase: "autonomous", episode: "e1", reason: null, waits: false, blocked: false, policy: "openai", rate_hz: 2, beats: 12,
  skipped: { late: 1, stale: 3 }, jitter_ms: { p50: 0.4, p99: 2, max: 11 }, guard: "ok", guard_reason: null, tokens: 900,
  cost: 0.0123, recording: null, tools: ["walk"],
  last: { beat: 12, outcome: "refused", reason: "walk: seconds: must be at most 60", text: "North.", calls: ["walk"], decide_ms: 800 },
};

test("the heartbeat's state says what it waits for, and why it is paused", () => {
  assert.deepEqual(heartbeat.stateOf(BEATING), ["autonomous", "The policy decides"]);
  const paused = { ...BEATING, phase: "paused", reason: "it repeats itself" };
  assert.deepEqual(heartbeat.stateOf(paused), ["paused", "Paused: it repeats itself"]);
  assert.deepEqual(heartbeat.stateOf({ ...BEATING, blocked: true, reason: "the link is down" })[0], "waits");
  assert.deepEqual(heartbeat.stateOf({ ...BEATING, episode: null, reason: "on request" }), ["off", "Stopped: on request"]);
});

test("the heartbeat's buttons are those that its state allows", () => {
  const allowed = (status) => Object.entries(heartbeat.operationsOf(status)).filter(([, is]) => is).map(([name]) => name);
  assert.deepEqual(allowed(BEATING), ["pause", "take_over", "stop"]);
  assert.deepEqual(allowed({ ...BEATING, phase: "paused" }), ["start", "step", "take_over", "stop"]);
  assert.deepEqual(allowed({ ...BEATING, phase: "correcting" }), ["start", "pause", "stop", "act"]);
  assert.deepEqual(allowed({ ...BEATING, episode: null, phase: "paused" }), ["start"]);
});

test("the heartbeat's lines name the refusal, what was not taken, and what was used", () => {
  const lines = Object.fromEntries(heartbeat.linesOf(BEATING));
  assert.equal(lines.Beats, "12, not taken: 1 late, 3 stale");
  assert.equal(lines.Refused, "walk: seconds: must be at most 60");
  assert.equal(lines.Used, "900 tokens, cost 0.0123");
  assert.equal(lines["Last beat"], "12: refused (decided in 800 ms)");
  assert.equal(lines["Repeats itself"], undefined);
});

test("a person's arguments are names and values, which may have spaces", () => {
  assert.deepEqual(heartbeat.argumentsOf(""), {});
  assert.deepEqual(heartbeat.argumentsOf(" seconds=2  direction=left "), { seconds: "2", direction: "left" });
  assert.deepEqual(heartbeat.argumentsOf("text=Good day = you to=x"), { text: "Good day = you", to: "x" });
  assert.throws(() => heartbeat.argumentsOf("left"), /left must be NAME=VALUE/);
});

test("the map asks for the blocks of cells that it shows, and not for those outside of the world", () => {
  assert.deepEqual(terrain.blocksIn({ west: -3.9, east: 4.9, south: -4, north: 4.9 }), [{ x: 0, y: 0 }]);
  const corner = terrain.blocksIn({ west: 4.9, east: 5.1, south: 4.9, north: 5.1 });
  assert.deepEqual(corner, [{ x: 0, y: 0 }, { x: 9, y: 0 }, { x: 0, y: 9 }, { x: 9, y: 9 }]);
  assert.equal(terrain.blocksIn({ west: -500, east: 500, south: -500, north: 500 }).length, 81);
});

const SLOPE = { side: 2, cells: [{ x: -4, y: -4, heights: [-50, 100, -50, 100] }] }; // it rises to the east

test("heights stand where their cells are in a block", () => {
  const height = terrain.heightsOf(SLOPE, { x: 0, y: 0 });
  assert.deepEqual([[0, 0], [1, 1], [2, 0], [-1, 0]].map(([x, y]) => height(x, y)), [-50, 100, undefined, undefined]);
  assert.equal(terrain.areaOf(height, 2, (here) => here < 0), "M0 17h1v1h-1zM0 16h1v1h-1z");
});

test("a slope is lit from the north-west, and water is darker the deeper it is", () => {
  const rising = (x, y) => (column, row) => 1000 + x * column + y * row;
  assert.ok(terrain.shadeOf(rising(100, 0), 3, 3, 512) > 0);
  assert.ok(terrain.shadeOf(rising(0, 100), 3, 3, 512) < 0);
  assert.equal(terrain.shadeOf(rising(0, 0), 3, 3, 512), 0);
  assert.equal(terrain.shadeOf(() => undefined, 3, 3, 512), 0);
  assert.equal(terrain.shadeOf(rising(1e6, 0), 3, 3, 512), 1);
  const opacity = (height) => terrain.pixelsOf(() => height, 2)[3];
  assert.ok(opacity(-3000) > opacity(-300));
  assert.equal(opacity(20), 0);
});
