// One session with a daemon: what is asked how often, the stream of events, and the state of the connection.

import { ConnectionError } from "./api.js";
import { addSample, sampleOf } from "./charts.js";
import { extend, inCells, spaceOf } from "./geometry.js";
import { addCommands, addEvent, commandItem, eventItem } from "./log.js";
import { follow, pause, retryDelay } from "./stream.js";

const STATUS_MS = 1_000;
const JOURNAL_MS = 1_500;
const PLAYERS_MS = 2_000;
const PORTALS_MS = 4_000;
const JOURNAL_PAGE = 100;

/** Keeps the store up to date until `stop` is called. */
export class Session {
  #ended = new AbortController();
  #stream = new AbortController();
  #lastNumber = 0;
  #unsettled = new Set();
  #events = 0;

  constructor(api, store) {
    this.api = api;
    this.store = store;
  }

  start() {
    this.#repeat(STATUS_MS, () => this.#readStatus());
    this.#repeat(JOURNAL_MS, () => this.#readJournal());
    this.#repeat(PLAYERS_MS, () => this.#readPlayers());
    this.#repeat(PORTALS_MS, async () => this.store.set("portals", await this.api.get("v1/portals")));
    this.#readCommands();
  }

  stop() {
    this.#ended.abort();
    this.#stream.abort();
  }

  /** Watch another player. */
  watch(player) {
    this.store.set("player", player);
    this.#stream.abort();
    this.#stream = new AbortController();
    const { signal } = this.#stream;
    const lost = (reason) => this.#connection("lost", reason);
    follow(this.api, `v1/events?snapshots=true&player=${encodeURIComponent(player)}`, {
      signal,
      onOpen: () => this.#connection("live"),
      onLost: lost,
      onEvent: (event) => this.#onEvent(event),
    });
  }

  /** Call `read` every `ms`, more slowly while it fails, and not while the page is hidden. */
  async #repeat(ms, read) {
    const { signal } = this.#ended;
    let failures = 0;
    while (!signal.aborted) {
      if (!document.hidden) failures = (await this.#attempt(read)) ? 0 : failures + 1;
      await pause(failures ? Math.max(ms, retryDelay(failures)) : ms, signal);
    }
  }

  async #attempt(read) {
    try {
      await read();
      return true;
    } catch (error) {
      this.#note(error);
      return false;
    }
  }

  #note(error) {
    if (error instanceof ConnectionError && !this.#ended.signal.aborted) this.#connection("lost", error.message);
  }

  #connection(state, reason = "") {
    const before = this.store.get("connection");
    if (before?.state === state) return;
    this.store.set("connection", { state, reason, since: Date.now() });
  }

  async #readStatus() {
    const [health, tree] = await Promise.all([this.api.get("v1/status"), this.api.get("v1/tree")]);
    this.store.set("health", health);
    this.store.set("tree", [tree].flat());
    this.store.set("samples", addSample(this.store.get("samples") ?? [], sampleOf(health, Date.now())));
  }

  async #readPlayers() {
    const { players, player } = await this.api.get("v1/players");
    this.store.set("players", players);
    for (const one of players) if (one.position) this.#track(one.player, one.position);
    if (!this.store.get("player")) this.watch(player ?? players[0]?.player ?? "Timmy");
  }

  async #readCommands() {
    await this.#attempt(async () => this.store.set("commands", (await this.api.get("v1/commands")).commands));
  }

  /** Read the commands that are new, and again those that had no outcome yet. */
  async #readJournal() {
    const after = Math.min(this.#lastNumber, ...[...this.#unsettled].map((number) => number - 1));
    const { entries } = await this.api.get(`v1/journal?after=${after}&limit=${JOURNAL_PAGE}`);
    for (const { number, settled_at: settled } of entries) {
      this.#lastNumber = Math.max(this.#lastNumber, number);
      if (settled) this.#unsettled.delete(number);
      else this.#unsettled.add(number);
    }
    if (entries.length) this.store.set("log", addCommands(this.store.get("log") ?? [], entries.map(commandItem)));
  }

  #onEvent({ type, data }) {
    const pushed = JSON.parse(data);
    if (type === "snapshot") this.#onSnapshot(pushed.snapshot);
    else if (type === "event") this.#onGameEvent(pushed.event);
    else if (type === "link") this.#attempt(() => this.#readStatus());
  }

  #onGameEvent(event) {
    this.#events += 1;
    this.store.set("log", addEvent(this.store.get("log") ?? [], eventItem(event, new Date(), this.#events)));
  }

  #onSnapshot(snapshot) {
    if (snapshot.player !== this.store.get("player")) return;
    this.store.set("snapshot", snapshot);
    if (snapshot.position) this.#track(snapshot.player, snapshot.position);
    for (const near of snapshot.nearby_players?.players ?? []) this.#track(near.name, near);
  }

  #track(player, position) {
    const tracks = this.store.get("tracks") ?? new Map();
    const before = tracks.get(player) ?? [];
    const after = extend(before, { ...inCells(position), space: spaceOf(position.cell) });
    if (after !== before) this.store.set("tracks", new Map(tracks).set(player, after));
  }
}
