// What the map and the list beside it show: the players, NPCs and objects that the snapshots name, as one list.

import { inCells, spaceOf } from "./geometry.js";

/**
 * The entities of a snapshot, the perceived player first: {key, kind, name, space, x, y, yaw, dead, distance, bearing,
 * health, note}. `kind` is self, player, npc or object; x and y are in cells.
 */
export function entitiesOf(snapshot) {
  if (!snapshot?.position) return [];
  return [
    selfOf(snapshot),
    ...(snapshot.nearby_players?.players ?? []).map((player) => entity("player", player.name, player)),
    ...(snapshot.nearby_actors?.actors ?? []).map((actor) => ({
      ...entity("npc", actor.name || actor.ref_id, actor, actor.unique_index),
      note: actor.ai ? actor.ai.package : "",
    })),
    ...(snapshot.nearby_objects?.objects ?? [])
      .filter((object) => Number.isFinite(object.x) && Number.isFinite(object.y) && object.enabled !== false)
      .map((object) => ({
        ...entity("object", object.name || object.ref_id, object, object.unique_index),
        note: object.kind,
      })),
  ];
}

function selfOf(snapshot) {
  const { position, condition, stats } = snapshot;
  const self = entity("self", snapshot.player, { ...position, health: stats?.health, dead: condition?.dead });
  return { ...self, yaw: position.yaw, distance: 0, stale: snapshot.stale };
}

function entity(kind, name, source, key = name) {
  return {
    key: `${kind} ${key}`,
    kind,
    name,
    space: spaceOf(source.cell),
    ...inCells(source),
    distance: source.distance,
    bearing: source.bearing,
    health: source.health,
    dead: Boolean(source.dead),
    note: "",
  };
}

/** The other perceived players, from their own positions: those that are too far away to be in the snapshot. */
export function distantPlayers(players, present) {
  const known = new Set(present.map((one) => one.name));
  return players
    .filter((player) => player.cell && !known.has(player.player))
    .map((player) => ({ ...entity("player", player.player, player), stale: player.stale }));
}

/** Where the player is, in words: its place and cell, or its interior. */
export function whereabouts({ cell, exterior, place, region }) {
  if (!exterior) return cell;
  const name = place || region?.replace(/\b\p{L}/gu, (letter) => letter.toUpperCase()).replace(/ Region$/, "");
  return name ? `${name} (${cell})` : `cell ${cell}`;
}
