// The heartbeat: its state, its last decision, and the buttons that control it.

import { byId, h, keyed, setAttributes, setText } from "./dom.js";
import { milliseconds, words } from "./text.js";

const PHASES = { autonomous: "The policy decides", paused: "Paused", correcting: "A person decides" };
const LISTED = "heartbeat-tool";

/** The state in a few words: [the mark's colour, the text]. */
export function stateOf({ phase, episode, reason, waits, blocked }) {
  const because = reason ? `: ${reason}` : "";
  if (waits) return ["waits", `Cannot begin yet${because}`];
  if (!episode) return ["off", `Stopped${because}`];
  if (blocked) return ["waits", `Waits for the game${because}`];
  return [phase, phase === "paused" ? `${PHASES[phase]}${because}` : PHASES[phase]];
}

/** The operations that the state allows. */
export function operationsOf({ phase, episode, waits }) {
  const runs = Boolean(episode);
  return {
    start: !runs || phase !== "autonomous",
    pause: runs && phase !== "paused",
    step: runs && phase === "paused",
    take_over: runs && phase !== "correcting",
    stop: runs && !waits,
    act: runs && phase === "correcting",
  };
}

/** Names and texts: how the beat goes, and what was decided last. */
export function linesOf({ policy, rate_hz: rate, beats, skipped, jitter_ms: jitter, tokens, cost, last, ...rest }) {
  const used = [tokens && `${tokens} tokens`, cost && `cost ${cost.toFixed(4)}`].filter(Boolean);
  const missed = Object.entries(skipped).map(([reason, number]) => `${number} ${reason}`);
  return [
    ["Policy", `${policy}, ${rate} Hz`],
    ["Beats", `${beats}${missed.length ? `, not taken: ${missed.join(", ")}` : ""}`],
    ["Late by", beats ? `${milliseconds(jitter.p50)}, at most ${milliseconds(jitter.max)}` : ""],
    ["Used", used.join(", ")],
    ["Repeats itself", rest.guard === "ok" ? "" : `${words(rest.guard)}: ${rest.guard_reason ?? ""}`],
    ["Not recorded", rest.recording ?? ""],
    ["Last beat", last ? `${last.beat}: ${words(last.outcome).toLowerCase()}${timesOf(last)}` : ""],
    ["Thought", last?.text ?? ""],
    ["Calls", (last?.calls ?? []).join(", ")],
    [last?.outcome === "refused" ? "Refused" : "Reason", last?.reason ?? ""],
  ].filter(([, text]) => text);
}

function timesOf({ perceive_ms: perceived, decide_ms: decided, act_ms: acted }) {
  const times = Object.entries({ perceived, decided, acted }).filter(([, value]) => value !== null && value !== undefined);
  return times.length ? ` (${times.map(([name, value]) => `${name} in ${milliseconds(value)}`).join(", ")})` : "";
}

/** The arguments of `seconds=2 text=Good day`: a word without an equals sign belongs to the value before it. */
export function argumentsOf(text) {
  const values = {};
  let name = null;
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [, key, value] = /^([A-Za-z_]+)=(.*)$/s.exec(word) ?? [];
    if (key) [name, values[key]] = [key, value];
    else if (name === null) throw new Error(`${word} must be NAME=VALUE`);
    else values[name] += ` ${word}`;
  }
  return values;
}

/** Wire the card; it is hidden where no heartbeat is configured. */
export function startHeartbeat(store, api) {
  store.on("health", ({ heartbeat }) => show(heartbeat));
  for (const button of byId("heartbeat").querySelectorAll("[data-operation]"))
    button.addEventListener("click", () => control(api, { operation: button.dataset.operation }));
  byId("heartbeat-form").addEventListener("submit", (event) => {
    event.preventDefault();
    act(api);
  });
}

async function act(api) {
  try {
    const call = { tool: byId(LISTED).value, arguments: argumentsOf(byId("heartbeat-arguments").value) };
    if (await control(api, { operation: "act", call })) byId("heartbeat-arguments").value = "";
  } catch (error) {
    answer(error.message);
  }
}

async function control(api, call) {
  try {
    show(await api.post("v1/heartbeat", call));
    answer("");
    return true;
  } catch (error) {
    answer(error.message);
    return false;
  }
}

function answer(text) {
  setText(byId("heartbeat-answer"), text);
}

function show(status) {
  setAttributes(byId("heartbeat"), { hidden: !status });
  if (!status) return;
  const [mark, text] = stateOf(status);
  const allowed = operationsOf(status);
  setAttributes(byId("heartbeat-state"), { "data-state": mark });
  setText(byId("heartbeat-state"), text);
  for (const button of byId("heartbeat").querySelectorAll("[data-operation]"))
    setAttributes(button, { disabled: !allowed[button.dataset.operation] });
  setText(byId("heartbeat-start"), status.episode ? "Resume" : "Start");
  setAttributes(byId("heartbeat-form"), { hidden: !allowed.act });
  keyed(byId(LISTED), status.tools, String, (name) => h("option", { value: name }, name), () => {});
  keyed(
    byId("heartbeat-lines"),
    linesOf(status),
    ([name]) => name,
    ([name]) => h("div", {}, h("dt", {}, name), h("dd")),
    (element, [, value]) => setText(element.lastElementChild, value),
  );
}
