// The supervision tree: state, restarts and reasons of every actor, and a button that restarts one.

import { byId, h, keyed, setAttributes, setText } from "./dom.js";
import { clock, count, duration } from "./text.js";

const MOST_RESTARTS = 8;
const FLASH_MS = 2_500;

/** The nodes of the tree in order, each with its depth and the name of its parent. */
export function flatten(nodes, depth = 0, parent = null) {
  return nodes.flatMap((node) => [{ ...node, depth, parent }, ...flatten(node.children ?? [], depth + 1, node.name)]);
}

/** The actors whose generation rose between two lists of nodes: those that were restarted. */
export function restartsBetween(before, after) {
  const generations = new Map(before.map((node) => [node.name, node.generation]));
  return after.filter((node) => generations.has(node.name) && node.generation > generations.get(node.name));
}

/** Show the store's `tree`. `restart(name)` asks the daemon to restart an actor. */
export function startTree(store, restart) {
  const flashing = new Map();
  let nodes = [];
  let restarts = [];
  store.on("tree", (root) => {
    const next = flatten([root]);
    const restarted = restartsBetween(nodes, next);
    nodes = next;
    for (const node of restarted) flashing.set(node.name, performance.now() + FLASH_MS);
    restarts = [...restarted.map((node) => ({ ...node, at: new Date() })), ...restarts].slice(0, MOST_RESTARTS);
    keyed(
      byId("tree-rows"),
      nodes,
      (node) => node.name,
      (node) => createRow(node, restart),
      (row, node) => updateRow(row, node, flashing),
    );
    showRestarts(restarts);
    if (restarted.length) announce(restarted);
  });
}

function announce(restarted) {
  setText(
    byId("tree-news"),
    restarted.map(({ name, last_reason: reason }) => `${name} was restarted: ${reason ?? "no reason"}`).join(". "),
  );
}

function createRow({ name, parent: above }, restart) {
  const parent = above ? h("span", { class: "sr" }, `, child of ${above}`) : null;
  const button = h("button", { type: "button", class: "small", "aria-label": `Restart ${name}` }, "Restart");
  button.addEventListener("click", async () => {
    button.disabled = true;
    setText(byId("tree-answer"), await restart(name));
    button.disabled = false;
  });
  if (!above) button.hidden = true; // nothing restarts the root
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row" },
      h("span", { class: "branch" }, h("span", { class: "name" }, name), parent, h("span", { class: "reason" })),
    ),
    h("td", {}, h("span", { class: "state" })),
    h("td", { class: "number restarts" }),
    h("td", { class: "number load" }),
    h("td", { class: "action" }, button),
  );
}

function updateRow(row, node, flashing) {
  const { name, depth, state, restarts, last_reason: reason, generation } = node;
  const flash = (flashing.get(name) ?? 0) > performance.now();
  setAttributes(row, {
    "data-name": name,
    "data-state": state,
    "data-depth": Math.min(depth, 5),
    "data-generation": generation,
  });
  if (flash && row.dataset.flashed !== String(generation)) flashRow(row, generation);
  setText(row.querySelector(".reason"), reason ?? "");
  setText(row.querySelector(".state"), state);
  setText(row.querySelector(".restarts"), restarts);
  setText(row.querySelector(".load"), loadOf(node));
}

function flashRow(row, generation) {
  row.dataset.flashed = generation;
  row.classList.remove("flash");
  void row.offsetWidth; // the animation starts again
  row.classList.add("flash");
}

/** What an actor is doing: how long it has been busy, and how many messages wait. */
export function loadOf({ mailbox_depth: depth = 0, busy_s: busy = null, busy_with: message = null }) {
  const parts = [];
  if (busy !== null && busy >= 0.1) parts.push(`busy ${duration(busy)}${message ? ` with ${message}` : ""}`);
  if (depth) parts.push(`${depth} waiting`);
  return parts.join(", ") || "idle";
}

function showRestarts(restarts) {
  setText(byId("tree-count"), restarts.length ? `${count(restarts.length, "restart")} since this page was opened` : "");
  keyed(
    byId("restarts"),
    restarts,
    ({ name, generation }) => `${name} ${generation}`,
    ({ at, name, last_reason: reason }) =>
      h("li", {}, h("time", {}, clock(at)), h("strong", {}, name), h("span", {}, reason ?? "")),
    () => {},
  );
}
