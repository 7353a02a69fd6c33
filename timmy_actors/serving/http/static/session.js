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
  #lastNumber = null;
  #unsettled = new Set();
  #events = 0;

  constructor(api, store) {
    this.api = api;
    this.store = store;
  }

  /** Read what does not change, as soon as the daemon answers; then keep reading what does. */
  async start() {
    const { signal } = this.#ended;
    for (let attempt = 0; !(await this.#attempt(() => this.#open())); attempt += 1) {
      await pause(retryDelay(attempt), signal);
      if (signal.aborted) return;
    }
    this.#repeat(STATUS_MS, () => this.#readStatus());
    this.#repeat(JOURNAL_MS, () => this.#readJournal());
    this.#repeat(PLAYERS_MS, () => this.#readPlayers());
    this.#repeat(PORTALS_MS, () => this.#readPortals());
  }

  stop() {
    this.#ended.abort();
    this.#stream.abort();
  }

  /** Watch another player: its events and snapshots. */
  watch(player) {
    this.store.set("player", player);
    this.#stream.abort();
    this.#stream = new AbortController();
    follow(this.api, `v1/events?snapshots=true&player=${encodeURIComponent(player)}`, {
      signal: this.#stream.signal,
      onOpen: () => this.#connection("live"),
      onLost: (reason) => this.#connection("lost", reason),
      onEvent: (event) => this.#onEvent(event),
    });
  }

  async #open() {
    const [{ configured }, { commands }] = await Promise.all([this.api.get("v1/players"), this.api.get("v1/commands")]);
    this.watch(configured);
    this.store.set("commands", commands);
  }

  /** Call `read` every `ms`, but not while the page is hidden, nor while the connection is lost. */
  async #repeat(ms, read) {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      if (!document.hidden && this.store.get("connection").state !== "lost") await this.#attempt(read);
      await pause(ms, signal);
    }
  }

  /** Whether `read` succeeded. Without an answer the connection is lost, until the stream is open again. */
  async #attempt(read) {
    try {
      await read();
      return true;
    } catch (error) {
      if (error instanceof ConnectionError && !this.#ended.signal.aborted) this.#onSilence(error.message);
      return false;
    }
  }

  #onSilence(reason) {
    const { state } = this.store.get("connection");
    this.#connection("lost", reason);
    if (state === "live") this.watch(this.store.get("player"));
  }

  #connection(state, reason = "") {
    if (this.store.get("connection").state !== state)
      this.store.set("connection", { state, reason, since: Date.now() });
  }

  async #readStatus() {
    const [health, tree] = await Promise.all([this.api.get("v1/status"), this.api.get("v1/tree")]);
    this.store.set("health", health);
    this.store.set("tree", tree.root);
    this.store.set("samples", addSample(this.store.get("samples") ?? [], sampleOf(health, Date.now())));
  }

  async #readPlayers() {
    const { players } = await this.api.get("v1/players");
    this.store.set("players", players);
    for (const player of players) if (player.cell) this.#track(player.player, player);
  }

  async #readPortals() {
    this.store.set("portals", await this.api.get("v1/portals"));
  }

  /** Read the newest commands, then those that are new, and again those that had no outcome yet. */
  async #readJournal() {
    const after = Math.min(this.#lastNumber, ...[...this.#unsettled].map((number) => number - 1));
    const since = this.#lastNumber === null ? "" : `&after=${after}`;
    const { entries, last } = await this.api.get(`v1/journal?limit=${JOURNAL_PAGE}${since}`);
    this.#lastNumber = Math.max(this.#lastNumber, last);
    for (const { number, settled } of entries) {
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
    else if (type === "outrun")
      this.#onGameEvent({ event: "events_missed", player: "", data: { count: pushed.missed } });
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
