// The log: commands of the journal with their outcomes, and game events, newest first.

import { byId, h, keyed, setAttributes, setText } from "./dom.js";
import { clock, milliseconds, pairs, words } from "./text.js";

export const MOST = 200;
const OUTCOMES = {
  accepted: "waiting",
  sent: "sent",
  done: "done",
  failed: "failed",
  expired: "expired",
  in_doubt: "in doubt",
};

/** A command of the journal as an item of the log. */
export function commandItem({ number, name, arguments: values, state, accepted_at, settled_at, value, error }) {
  const took = settled_at ? milliseconds(new Date(settled_at) - new Date(accepted_at)) : "";
  return {
    key: `command ${number}`,
    kind: "command",
    number,
    at: new Date(accepted_at),
    name,
    detail: pairs(values),
    outcome: OUTCOMES[state] ?? state,
    state,
    result: error ? `${error.message}` : pairs(value),
    took,
  };
}

/** A game event as an item of the log. */
export function eventItem({ event, player, now, data }, at, id) {
  return {
    key: `event ${id}`,
    kind: "event",
    at,
    name: words(event),
    event,
    detail: [player, pairs(data)].filter(Boolean).join(": "),
    outcome: "",
    state: "event",
    result: "",
    took: "",
    times: 1,
    now,
  };
}

/** The items with a new event: of several events of one name in a row, only the last is kept, with a count. */
export function addEvent(items, item) {
  const [last] = items;
  const repeats = last?.kind === "event" && last.name === item.name && item.at - last.at < 2_000;
  if (repeats) return [{ ...item, key: last.key, times: last.times + 1 }, ...items.slice(1)];
  return [item, ...items].slice(0, MOST);
}

/** The items with commands added or updated. */
export function addCommands(items, commands) {
  const byKey = new Map(items.map((item) => [item.key, item]));
  for (const command of commands) byKey.set(command.key, command);
  return [...byKey.values()].sort((one, other) => other.at - one.at).slice(0, MOST);
}

/** Show the store's `log`, filtered by the chosen kind. */
export function startLog(store) {
  const filters = [...document.querySelectorAll("input[name=log-kind]")];
  const show = () => {
    const kind = filters.find((filter) => filter.checked).value;
    const items = (store.get("log") ?? []).filter((item) => kind === "all" || item.kind === kind);
    keyed(byId("log-rows"), items, (item) => item.key, createRow, updateRow);
    setAttributes(byId("log-empty"), { hidden: items.length > 0 });
  };
  for (const filter of filters) filter.addEventListener("change", show);
  store.on("log", show);
}

function createRow() {
  return h(
    "tr",
    {},
    h("td", { class: "time" }),
    h("th", { scope: "row" }),
    h("td", { class: "detail" }),
    h("td", {}, h("span", { class: "state" })),
    h("td", { class: "detail result" }),
    h("td", { class: "number" }),
  );
}

function updateRow(row, item) {
  const [time, name, detail, outcome, result, took] = row.children;
  setAttributes(row, { "data-kind": item.kind, "data-state": item.state });
  setText(time, clock(item.at));
  setText(name, item.times > 1 ? `${item.name} ×${item.times}` : item.name);
  setText(detail, item.detail);
  setText(outcome.firstElementChild, item.outcome);
  setText(result, item.result);
  setText(took, item.took);
}
