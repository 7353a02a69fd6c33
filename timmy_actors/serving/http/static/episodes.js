// Recorded episodes: a slider over the beats of one, with the picture, the decision and the outcome of each.

import { byId, h, keyed, setAttributes, setText } from "./dom.js";
import { clock, pairs, words } from "./text.js";

/** What a beat says of itself: lines of a name and a text. */
export function linesOf(beat) {
  const position = beat.observation?.position ?? beat.observation?.bridge?.position ?? {};
  const calls = (beat.decision?.calls ?? []).map(({ name, arguments: values }) => `${name} ${pairs(values)}`.trim());
  const replaced = beat.override?.policy;
  const results = beat.results.map(({ value, error }) => (error ? `${error.code}: ${error.message}` : pairs(value ?? {})));
  return [
    ["Place", position.place ?? position.cell ?? ""],
    ["Thought", beat.decision?.text ?? ""],
    ["Calls", calls.join("; ")],
    ["Instead of", replaced ? [replaced.text, ...replaced.calls.map(({ name }) => name)].filter(Boolean).join(": ") : ""],
    ["Results", results.filter(Boolean).join("; ")],
    ["Reason", beat.reason ?? ""],
  ].filter(([, text]) => text);
}

/** Wire the card. Episodes are read when they are asked for. */
export function startEpisodes(api) {
  const card = { api, episodes: [], url: null, shown: 0 };
  byId("episodes-load").addEventListener("click", () => load(card));
  byId("episode").addEventListener("change", () => choose(card));
  byId("episode-beat").addEventListener("input", () => show(card));
}

async function load(card) {
  try {
    card.episodes = (await card.api.get("v1/episodes")).episodes;
  } catch (error) {
    setText(byId("episode-about"), error.message);
    return;
  }
  keyed(
    byId("episode"),
    card.episodes,
    ({ id }) => id,
    ({ id }) => h("option", { value: id }, id),
    () => {},
  );
  setAttributes(byId("episode"), { disabled: card.episodes.length === 0 });
  if (card.episodes.length === 0) setText(byId("episode-about"), "No episode was recorded yet.");
  else await choose(card);
}

async function choose(card) {
  const episode = card.episodes.find(({ id }) => id === byId("episode").value);
  setAttributes(byId("episode-beat"), { max: Math.max(episode.beats, 1), disabled: episode.beats === 0 });
  byId("episode-beat").value = 1;
  await show(card);
}

async function show(card) {
  const [id, number] = [byId("episode").value, Number(byId("episode-beat").value)];
  card.shown += 1;
  const turn = card.shown;
  let beat;
  let picture = null;
  try {
    const path = `v1/episodes/${encodeURIComponent(id)}`;
    [beat] = (await card.api.get(`${path}?after=${number - 1}&limit=1`)).beats;
    if (beat?.picture) picture = await card.api.picture(`${path}/pictures/${beat.beat}`);
  } catch (error) {
    setText(byId("episode-about"), error.message);
  }
  if (turn !== card.shown) return; // the slider has moved on
  showPicture(card, picture, beat);
  if (beat) showBeat(beat);
}

function showPicture(card, picture, beat) {
  if (card.url) URL.revokeObjectURL(card.url);
  card.url = picture ? URL.createObjectURL(picture) : null;
  const label = beat ? `The picture of beat ${beat.beat}` : "";
  setAttributes(byId("episode-picture"), { src: card.url, alt: label, hidden: !picture });
  setAttributes(byId("episode-empty"), { hidden: Boolean(picture) });
}

function showBeat(beat) {
  const score = Number.isFinite(beat.score) ? `, score ${beat.score.toFixed(2)}` : "";
  setText(
    byId("episode-about"),
    `Beat ${beat.beat}, ${clock(new Date(beat.time))}, ${beat.phase}: ${words(beat.outcome).toLowerCase()}${score}`,
  );
  byId("episode-lines").replaceChildren(...linesOf(beat).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]));
}
