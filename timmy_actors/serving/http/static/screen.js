// The portal: the last screenshot with the last action drawn on it, actions, and the choice of the portal.

import { ApiError } from "./api.js";
import { byId, h, keyed, s, setAttributes, setText } from "./dom.js";
import { clock, pairs } from "./text.js";

const CAPTURE_MS = 40_000;
const RING = 14;

/** The place of an action in a picture: its point in pixels of the picture, and the text beside it. */
export function drawingOf({ action, params, outcome }, size, mouse = null) {
  const [width, height] = size;
  const scale = params.image_size ? [width / params.image_size[0], height / params.image_size[1]] : [1, 1];
  const point = Number.isFinite(params.x) && Number.isFinite(params.y) ? [params.x * scale[0], params.y * scale[1]] : mouse;
  const what = params.text ?? params.keys ?? params.key ?? params.amount ?? params.button ?? "";
  return {
    point: point && point[0] >= 0 && point[1] >= 0 && point[0] <= width && point[1] <= height ? point : null,
    text: `${action.replaceAll("_", " ")}${what === "" ? "" : ` ${what}`}`,
    outcome,
  };
}

/** Wire the card to the store: `portals`, `capture` and `action`. */
export function startScreen(store, api) {
  const card = { store, api, url: null, state: null };
  byId("capture").addEventListener("click", () => capture(card));
  byId("portal").addEventListener("change", (event) => usePortal(card, event.target.value));
  byId("action-form").addEventListener("submit", (event) => submit(card, event));
  byId("action").addEventListener("change", () => showParameter());
  byId("screen-picture").addEventListener("click", (event) => clickOn(card, event));
  store.on("portals", showPortals);
  showParameter();
}

function showPortals({ chosen, portals, status }) {
  const select = byId("portal");
  keyed(select, portals, ({ id }) => id, ({ id, name }) => h("option", { value: id }, name), () => {});
  if (document.activeElement !== select) select.value = chosen;
  setText(byId("portal-state"), status?.state ?? "unknown");
  setAttributes(byId("portal-state"), { "data-state": status?.state });
  setText(byId("portal-reasons"), (status?.reasons ?? []).join("; "));
}

async function usePortal({ store, api }, id) {
  try {
    store.set("portals", await api.post(`v1/portals/${encodeURIComponent(id)}/use`));
    setText(byId("screen-answer"), `The portal ${id} is in use`);
  } catch (error) {
    setText(byId("screen-answer"), error.message);
    if (store.get("portals")) byId("portal").value = store.get("portals").chosen;
  }
}

async function capture(card, note = "") {
  byId("capture").disabled = true;
  setText(byId("screen-answer"), `${note}Taking a screenshot …`);
  try {
    const state = await card.api.post("v1/capture", {}, {}, CAPTURE_MS);
    card.state = state;
    await showPicture(card);
    const problems = state.problems.filter(({ what }) => what.startsWith("visual")).map(({ message }) => message);
    setText(byId("screen-answer"), note + problems.join("; "));
    setText(byId("screen-time"), `${clock(new Date(state.timestamp))}, ${state.visual.window ?? "the whole screen"}`);
    setText(byId("screen-context"), pairs({ mouse: state.visual.mouse_position?.join(", "), ...contextOf(state) }));
  } catch (error) {
    setText(byId("screen-answer"), error.message);
  }
  byId("capture").disabled = false;
}

function contextOf({ game_context: context }) {
  return { achievements_unlocked: context.achievements_unlocked, playtime_hours: context.playtime_hours };
}

async function showPicture(card) {
  const { visual } = card.state;
  if (!visual.screenshot_path) return;
  const name = visual.screenshot_path.split("/").at(-1);
  const url = URL.createObjectURL(await card.api.picture(`v1/captures/${encodeURIComponent(name)}`));
  if (card.url) URL.revokeObjectURL(card.url);
  card.url = url;
  const [width, height] = visual.image_size ?? visual.screen_size;
  setAttributes(byId("screen-image"), { href: url, width, height });
  setAttributes(byId("screen-picture"), { viewBox: `0 0 ${width} ${height}`, hidden: false });
  setAttributes(byId("screen-empty"), { hidden: true });
  drawAction(card);
}

function drawAction({ store, state }) {
  const action = store.get("action");
  const drawing = byId("screen-action");
  drawing.replaceChildren();
  if (!action || !state?.visual.image_size) return;
  const { point, text, outcome } = drawingOf(action, state.visual.image_size, state.visual.mouse_position);
  const [width] = state.visual.image_size;
  const scale = width / 800;
  setAttributes(drawing, { "data-outcome": outcome });
  const [x, y] = point ?? [12 * scale, 0];
  if (point) {
    drawing.append(s("circle", { cx: x, cy: y, r: RING * scale, "stroke-width": 3 * scale }), s("circle", { cx: x, cy: y, r: 3 * scale, class: "dot" }));
  }
  const wide = (text.length * 8.6 + 16) * scale;
  const left = Math.max(4 * scale, Math.min(x + (point ? RING + 8 : 0) * scale, width - wide - 4 * scale));
  drawing.append(
    s("rect", { x: left, y: (point ? y - 13 * scale : 12 * scale), width: wide, height: 26 * scale, rx: 5 * scale }),
    s("text", { x: left + 8 * scale, y: (point ? y : 25 * scale) + 5 * scale, "font-size": 15 * scale }, text),
  );
  setText(byId("screen-title"), `The game's window. Last action: ${text}, ${outcome}`);
}

// Actions.

const PARAMETERS = { press_key: "key", type_text: "text", hotkey: "keys", scroll: "amount", binding: "name" };

function showParameter() {
  const name = PARAMETERS[byId("action").value];
  setText(byId("parameter-label"), name === "amount" ? "Clicks, up is positive" : name === "name" ? "Name of the portal's action" : `The ${name}`);
}

function submit(card, event) {
  event.preventDefault();
  const [action, text] = [byId("action").value, byId("parameter").value];
  if (!text) return byId("parameter").focus();
  if (action === "binding") return execute(card, { action: text, params: {} });
  const value = action === "scroll" ? Number(text) : text;
  return execute(card, { action, params: { [PARAMETERS[action]]: value } });
}

function clickOn(card, event) {
  if (!byId("click-through").checked || !card.state?.visual.image_size) return;
  const box = byId("screen-picture").getBoundingClientRect();
  const [width, height] = card.state.visual.image_size;
  const x = Math.round(((event.clientX - box.left) / box.width) * width);
  const y = Math.round(((event.clientY - box.top) / box.height) * height);
  execute(card, { action: "click", params: { x, y, image_size: [width, height] } });
}

async function execute(card, action) {
  setText(byId("screen-answer"), `Executing ${action.action} …`);
  try {
    const result = await card.api.post("v1/execute", action, {}, CAPTURE_MS);
    card.store.set("action", result);
    await capture(card, result.success ? "" : `${result.action}: ${result.reason ?? result.outcome}. `);
  } catch (error) {
    const advice = error instanceof ApiError ? "" : ": the action may have been executed";
    setText(byId("screen-answer"), `${error.message}${advice}`);
  }
}
