// The map's card: controls by pointer, wheel and keys, the caption, and the list of what is near.

import { byId, h, keyed, setAttributes, setText } from "./dom.js";
import { distantPlayers, entitiesOf, whereabouts } from "./entities.js";
import { MapPicture } from "./map.js";
import { BLOCK, TerrainLayer } from "./terrain.js";
import { count, direction } from "./text.js";

const STEP = 60; // pixels an arrow key moves
const UNITS_PER_METRE = 70; // 8192 units are about 117 m
const PLAYER_ZOOM = 90;
const ROOM_LIST = 40;
const KINDS = { self: "perceived player", player: "player", npc: "NPC", object: "object" };

/** Wire the map to the store: `snapshot`, `players`, `tracks`, and `health`, which says whether terrain is known. */
export function startMap(store, api) {
  const svg = byId("map-picture");
  const picture = new MapPicture(svg);
  const card = { store, picture, following: true, shown: null };
  const buttons = {
    "map-in": () => picture.zoomBy(1.6),
    "map-out": () => picture.zoomBy(1 / 1.6),
    "map-all": () => showAll(card),
    "map-follow": () => follow(card, !card.following),
  };
  for (const [id, listener] of Object.entries(buttons)) byId(id).addEventListener("click", listener);
  startKeys(svg, card);
  startPointer(svg, card);
  store.on(["snapshot", "players", "tracks"], () => update(card));
  startTerrain(card, api);
  picture.showAll();
}

function startTerrain({ store, picture }, api) {
  const read = ({ x, y }) => api.get(`v1/terrain?cell_x=${x}&cell_y=${y}&radius=${(BLOCK - 1) / 2}`);
  const terrain = new TerrainLayer(picture.layers.terrain, read);
  picture.onView = (bounds) => terrain.show(bounds);
  store.on("health", ({ game_data: data }) => {
    const available = data?.state === "up";
    if (available === terrain.available) return;
    terrain.available = available;
    terrain.clear();
    picture.draw();
  });
  store.on("connection", ({ state }) => {
    if (state !== "live") return;
    terrain.clear();
    picture.draw();
  });
}

function follow(card, following) {
  card.following = following;
  setAttributes(byId("map-follow"), { "aria-pressed": String(following) });
  if (following) centre(card, { zoom: Math.max(card.picture.view.zoom, PLAYER_ZOOM) });
}

function showAll(card) {
  follow(card, false);
  card.picture.showAll();
}

function centre({ picture }, more = {}) {
  const self = picture.entities[0];
  if (self) picture.move({ x: self.x, y: self.y, ...more });
}

function startKeys(svg, card) {
  const { picture } = card;
  const pan = (right, down) => () => {
    follow(card, false);
    picture.pan(right * STEP, down * STEP);
  };
  const keys = {
    ArrowLeft: pan(-1, 0),
    ArrowRight: pan(1, 0),
    ArrowUp: pan(0, -1),
    ArrowDown: pan(0, 1),
    "+": () => picture.zoomBy(1.4),
    "=": () => picture.zoomBy(1.4),
    "-": () => picture.zoomBy(1 / 1.4),
    0: () => showAll(card),
    f: () => follow(card, true),
  };
  svg.addEventListener("keydown", (event) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function startPointer(svg, card) {
  const { picture } = card;
  const pointers = new Map();
  const place = (event) => {
    const box = svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  svg.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && document.activeElement !== svg) return; // the page scrolls, unless the map has the focus
      event.preventDefault();
      picture.zoomBy(Math.exp(-event.deltaY / 400), place(event));
    },
    { passive: false },
  );
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
  });
  svg.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const [before, now] = [[...pointers.values()], place(event)];
    const old = pointers.get(event.pointerId);
    pointers.set(event.pointerId, now);
    if (pointers.size === 2) pinch(picture, before, [...pointers.values()]);
    else if (Math.hypot(now.x - old.x, now.y - old.y) > 0) {
      follow(card, false);
      picture.pan(old.x - now.x, old.y - now.y);
    }
  });
  for (const type of ["pointerup", "pointercancel"]) {
    svg.addEventListener(type, (event) => pointers.delete(event.pointerId));
  }
}

function pinch(picture, before, after) {
  const apart = ([one, other]) => Math.hypot(one.x - other.x, one.y - other.y);
  const middle = ([one, other]) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
  if (apart(before) > 0) picture.zoomBy(apart(after) / apart(before), middle(after));
}

function update(card) {
  const { store, picture } = card;
  const near = entitiesOf(store.get("snapshot"));
  if (!near.length) return;
  const [self] = near;
  picture.entities = [...near, ...distantPlayers(store.get("players") ?? [], near)];
  picture.tracks = store.get("tracks") ?? new Map();
  if (picture.space !== self.space || card.shown !== self.name) {
    picture.space = self.space;
    if (self.space) picture.showAll();
    else centre(card, { zoom: PLAYER_ZOOM });
    card.shown = self.name;
  } else if (card.following && !self.space) centre(card);
  picture.draw();
  describe(store.get("snapshot"), near);
  list(near);
}

function describe(snapshot, near) {
  const { position, player, stale, stale_reason: reason } = snapshot;
  const [players, npcs] = ["player", "npc"].map((kind) => near.filter((one) => one.kind === kind).length);
  const facing = `facing ${direction(position.yaw)}`;
  setText(byId("map-where"), `${player} is in ${whereabouts(position)}`);
  setText(byId("map-facing"), `${facing}, near ${count(players, "player")} and ${count(npcs, "NPC")}`);
  setText(byId("map-stale"), stale ? `Not current: ${reason ?? "the link is down"}` : "");
  setText(byId("map-space"), position.exterior ? "Vvardenfell" : position.cell);
  setAttributes(byId("map"), { "data-interior": !position.exterior });
}

function list(near) {
  keyed(
    byId("near-rows"),
    near.slice(1, ROOM_LIST + 1),
    (one) => one.key,
    createRow,
    (row, one) => {
      const [name, kind, where, health] = row.children;
      setAttributes(row, { "data-kind": one.kind });
      setText(name.lastElementChild, one.name);
      setText(kind, one.dead ? `${KINDS[one.kind]}, dead` : KINDS[one.kind]);
      setText(where, distanceText(one));
      setText(health, one.health ? `${Math.round(one.health.current)} / ${Math.round(one.health.base)}` : "");
    },
  );
  setAttributes(byId("near-empty"), { hidden: near.length > 1 });
}

function createRow() {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("span", { class: "glyph", "aria-hidden": true }), h("span")),
    h("td"),
    h("td", { class: "number" }),
    h("td", { class: "number" }),
  );
}

function distanceText({ distance, bearing }) {
  if (distance === null || distance === undefined) return "";
  const metres = `${Math.round(distance / UNITS_PER_METRE)} m`;
  return bearing === null || bearing === undefined ? metres : `${metres} ${direction(bearing)}`;
}
