// The verdict with its reasons, the link, and the perceived player's condition.

import { byId, h, keyed, setAttributes, setText } from "./dom.js";
import { count, duration, gameHour, milliseconds, words } from "./text.js";

const VERDICTS = { ok: "Everything works", degraded: "Degraded", down: "Down" };
const GAUGES = ["health", "magicka", "fatigue"];

/** Show the store's `health` and `snapshot`. */
export function startHealth(store) {
  store.on("health", show);
  store.on("snapshot", showPlayer);
}

function show(health) {
  const { verdict, reasons } = health;
  setAttributes(byId("health"), { "data-verdict": verdict });
  setText(byId("verdict"), VERDICTS[verdict] ?? verdict);
  document.title = verdict === "ok" ? "timmy_actors" : `${VERDICTS[verdict] ?? verdict}: timmy_actors`;
  const shown = reasons.length ? reasons : ["The link is up, every actor runs, and the player is perceived."];
  keyed(
    byId("reasons"),
    shown,
    (reason) => reason,
    (reason) => h("li", {}, reason),
    () => {},
  );
  keyed(
    byId("facts"),
    factsOf(health),
    ([name]) => name,
    ([name]) => h("div", {}, h("dt", {}, name), h("dd")),
    (element, [, value]) => setText(element.lastElementChild, value),
  );
}

function factsOf({ link, started, timestamp, version, journal, world, dead_letters: letters, perceptions }) {
  const stale = perceptions.filter((perception) => perception.stale).length;
  return [
    ["Link", `${link.state}, epoch ${link.epoch}`],
    ["Round trip", link.round_trip_ms ? milliseconds(link.round_trip_ms) : "unknown"],
    ["World", world ? `embedded, ${world.state}` : `${link.server ? `TES3MP ${link.server.version}` : "a server"}`],
    ["Perceived", `${count(perceptions.length, "player")}${stale ? `, ${stale} not current` : ""}`],
    ["Journal", journal.state === "off" ? "off" : `${journal.state}, ${count(journal.entries, "command")}`],
    ["Dead letters", String(letters)],
    ["Running for", duration((new Date(timestamp) - new Date(started)) / 1000)],
    ["Version", version],
  ];
}

function showPlayer(snapshot) {
  const { stats, world, condition, player } = snapshot;
  setText(byId("player-name"), player);
  setText(
    byId("player-about"),
    stats ? `level ${stats.level} ${stats.race} ${stats.class ?? stats.character_class ?? ""}` : "",
  );
  setText(byId("player-world"), worldText(world));
  setText(byId("player-condition"), conditionText(condition));
  for (const name of GAUGES) {
    const gauge = stats?.[name];
    setAttributes(byId(`gauge-${name}`), { value: gauge?.current ?? 0, max: Math.max(gauge?.base ?? 0, 1) });
    setText(byId(`value-${name}`), gauge ? `${Math.round(gauge.current)} / ${Math.round(gauge.base)}` : "unknown");
  }
}

function worldText(world) {
  if (!world) return "";
  const weather = world.weather ? `, ${world.weather.current}` : "";
  return `Day ${world.days_passed}, ${gameHour(world.hour)}${weather}`;
}

function conditionText(condition) {
  if (!condition) return "";
  const facts = [condition.dead && "dead", condition.werewolf && "werewolf", condition.sneaking && "sneaking"];
  if (condition.drawn !== "nothing") facts.push(`${condition.drawn} drawn`);
  return words(facts.filter(Boolean).join(", ") || "");
}
