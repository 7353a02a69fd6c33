// The portal: the last screenshot with the last action drawn on it, actions, and the choice of the portal.

import { ApiError } from "./api.js";
import { byId, h, keyed, s, setAttributes, setText } from "./dom.js";
import { clock } from "./text.js";

const OPERATION_MS = 60_000;
const RING = 14; // at a width of 800 pixels
const LETTER = 8.8;
const PARAMETERS = {
  press_key: { name: "key", label: "The key" },
  type_text: { name: "text", label: "The text" },
  hotkey: { name: "keys", label: "The keys, separated by spaces" },
  scroll: { name: "amount", label: "Clicks of the wheel, positive is up" },
  binding: { name: "name", label: "The portal's own name of the action" },
};

/** What to draw for an action on a picture of this size: its text, and its point in pixels of the picture or null. */
export function drawingOf({ action, params, outcome, binding }, [width, height], mouse = null) {
  const [scaleX, scaleY] = params.image_size ? [width / params.image_size[0], height / params.image_size[1]] : [1, 1];
  const aimed = Number.isFinite(params.x) && Number.isFinite(params.y);
  const [x, y] = aimed ? [params.x * scaleX, params.y * scaleY] : (mouse ?? [-1, -1]);
  const detail = params.text ?? params.keys ?? params.key ?? params.amount ?? "";
  const usesMouse = aimed || /click|mouse|drag|scroll/.test(action);
  return {
    point: usesMouse && x >= 0 && y >= 0 && x <= width && y <= height ? [x, y] : null,
    text: `${binding ?? action.replaceAll("_", " ")} ${detail}`.trim(),
    outcome,
  };
}

/** Wire the card to the store's `portals`. */
export function startScreen(store, api) {
  const card = { store, api, url: null, state: null, action: null };
  byId("capture").addEventListener("click", () => capture(card));
  byId("portal").addEventListener("change", (event) => usePortal(card, event.target.value));
  byId("action-form").addEventListener("submit", (event) => submit(card, event));
  byId("action").addEventListener("change", showParameter);
  byId("screen-picture").addEventListener("click", (event) => clickOn(card, event));
  store.on("portals", (portals) => showPortals(card, portals));
  showParameter();
}

function showPortals(card, { chosen, portals, status, last_capture: state, last_action: action }) {
  const select = byId("portal");
  keyed(
    select,
    portals,
    ({ id }) => id,
    ({ id, name }) => h("option", { value: id }, name),
    () => {},
  );
  if (document.activeElement !== select) select.value = chosen;
  setText(byId("portal-state"), status?.state ?? "unknown");
  setAttributes(byId("portal-state"), { "data-state": status?.state });
  setText(byId("portal-reasons"), (status?.reasons ?? []).join("; "));
  adopt(card, state, action);
}

/** Show a capture and an action if they are newer than the shown ones, whoever asked for them. */
async function adopt(card, state, action) {
  const newer = (one, other) => one && (!other || new Date(one.timestamp) > new Date(other.timestamp));
  if (newer(action, card.action)) card.action = action;
  if (newer(state, card.state)) {
    card.state = state;
    await showPicture(card);
  }
  drawAction(card);
}

async function usePortal({ store, api }, id) {
  try {
    store.set("portals", await api.post(`v1/portals/${encodeURIComponent(id)}/use`));
    answer(`The portal ${id} is in use`);
  } catch (error) {
    answer(error.message);
    byId("portal").value = store.get("portals").chosen;
  }
}

async function capture(card, note = "") {
  byId("capture").disabled = true;
  answer(`${note}Taking a screenshot …`);
  try {
    const state = await card.api.post("v1/capture", {}, {}, OPERATION_MS);
    await adopt(card, state, null);
    const problems = state.problems.filter(({ what }) => what.startsWith("visual")).map(({ message }) => message);
    answer(note + problems.join("; "));
  } catch (error) {
    answer(error.message);
  }
  byId("capture").disabled = false;
}

async function showPicture(card) {
  const { visual, timestamp } = card.state;
  if (!visual.screenshot_path || !visual.image_size) return;
  const name = visual.screenshot_path.split("/").at(-1);
  let url;
  try {
    url = URL.createObjectURL(await card.api.picture(`v1/captures/${encodeURIComponent(name)}`));
  } catch (error) {
    answer(`The picture of ${clock(new Date(timestamp))} cannot be shown: ${error.message}`);
    return;
  }
  if (card.url) URL.revokeObjectURL(card.url);
  card.url = url;
  const [width, height] = visual.image_size;
  setAttributes(byId("screen-image"), { href: url, width, height });
  setAttributes(byId("screen-picture"), { viewBox: `0 0 ${width} ${height}`, hidden: false });
  setAttributes(byId("screen-empty"), { hidden: true });
  setText(
    byId("screen-time"),
    `${clock(new Date(timestamp))}, ${visual.window ?? "the whole screen"}, ${width} × ${height}`,
  );
}

function drawAction({ state, action }) {
  const size = state?.visual.image_size;
  const shown = Boolean(action && size);
  setText(
    byId("screen-title"),
    `The game's window${shown ? `. Last action: ${drawingOf(action, size).text}, ${action.outcome}` : ""}`,
  );
  if (!shown) return byId("screen-action").replaceChildren();
  const { point, text, outcome } = drawingOf(action, size, state.visual.mouse_position);
  const unit = size[0] / 800;
  const wide = (text.length * LETTER + 18) * unit;
  const [x, y] = point ?? [0, 25 * unit];
  const left = Math.max(8 * unit, Math.min(x + (point ? RING + 8 : 8) * unit, size[0] - wide - 8 * unit));
  setAttributes(byId("screen-action"), { "data-outcome": outcome });
  return byId("screen-action").replaceChildren(
    ...(point
      ? [
          s("circle", { cx: x, cy: y, r: RING * unit, "stroke-width": 3 * unit }),
          s("circle", { cx: x, cy: y, r: 3 * unit, class: "dot" }),
        ]
      : []),
    s("rect", { x: left, y: y - 14 * unit, width: wide, height: 28 * unit, rx: 6 * unit }),
    s("text", { x: left + 9 * unit, y: y + 5 * unit, "font-size": 15 * unit }, text),
  );
}

// Actions.

function showParameter() {
  const { label } = PARAMETERS[byId("action").value];
  setText(byId("parameter-label"), label);
  setAttributes(byId("parameter"), { placeholder: label });
}

function submit(card, event) {
  event.preventDefault();
  const [action, text] = [byId("action").value, byId("parameter").value];
  if (!text) return byId("parameter").focus();
  if (action === "binding") return execute(card, { action: text, params: {} });
  const value = action === "scroll" ? Number(text) : text;
  return execute(card, { action, params: { [PARAMETERS[action].name]: value } });
}

function clickOn(card, event) {
  const size = card.state?.visual.image_size;
  if (!byId("click-through").checked || !size) return;
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(
    byId("screen-picture").getScreenCTM().inverse(),
  );
  const [x, y] = [Math.round(point.x), Math.round(point.y)];
  if (x < 0 || y < 0 || x >= size[0] || y >= size[1]) return;
  execute(card, { action: "click", params: { x, y, image_size: size } });
}

async function execute(card, action) {
  answer(`Executing ${action.action} …`);
  try {
    const result = await card.api.post("v1/execute", action, {}, OPERATION_MS);
    await adopt(card, null, result);
    await capture(card, result.success ? "" : `${result.action}: ${result.reason ?? result.outcome}. `);
  } catch (error) {
    answer(`${error.message}${error instanceof ApiError ? "" : ": the action may have been executed"}`);
  }
}

function answer(text) {
  setText(byId("screen-answer"), text);
}
