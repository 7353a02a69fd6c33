// Numbers, durations and places as text.

const DIRECTIONS = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];

/** A compass direction from degrees clockwise from north. */
export function direction(degrees) {
  return DIRECTIONS[Math.round((((degrees % 360) + 360) % 360) / 45) % 8];
}

/** A duration in seconds with one unit: `340 ms`, `12 s`, `5 min`, `3 h`, `2 d`. */
export function duration(seconds) {
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** Milliseconds with a precision that suits their size. */
export function milliseconds(value) {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

/** `14:05:09` in the reader's time zone. */
export function clock(date) {
  return date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

/** The game's hour, 0 to 24, as `9:30`. */
export function gameHour(hour) {
  const minutes = Math.floor((hour % 24) * 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

/** `actor_cell_change` as `Actor cell change`. */
export function words(name) {
  const spaced = name.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** One count with its noun: `1 player`, `3 players`. */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** A value as one short line. */
export function brief(value, longest = 120) {
  const rounded = typeof value === "number" ? Number(value.toFixed(2)) : value;
  const text = typeof rounded === "string" ? rounded : JSON.stringify(rounded);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Named values as `name value, name value`. */
export function pairs(object) {
  return Object.entries(object ?? {})
    .filter(([, value]) => value !== null && value !== undefined && value !== "" && value.length !== 0)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${brief(value, 60)}`)
    .join(", ");
}
