// The daemons of the configured fleet: a row for each, with its verdict and its player, or why it is lost.

import { byId, h, setAttributes, setText } from "./dom.js";

/** What the card says above the rows. */
export function summaryOf({ verdict, lost, worlds }) {
  return `${verdict}: ${worlds.length - lost} of ${worlds.length} daemons answer`;
}

/** Wire the card. The daemons are asked when they are asked for. */
export function startFleet(api) {
  byId("fleet-load").addEventListener("click", () => load(api));
}

async function load(api) {
  setAttributes(byId("fleet-load"), { disabled: true });
  try {
    const fleet = await api.get("v1/fleet");
    setText(byId("fleet-about"), summaryOf(fleet));
    byId("fleet-rows").replaceChildren(...fleet.worlds.map(row));
  } catch (error) {
    setText(byId("fleet-about"), error.message);
  }
  setAttributes(byId("fleet-load"), { disabled: false });
}

function row({ name, endpoint, verdict, reasons, player, place }) {
  const cells = [verdict, player ?? "", place ?? "", reasons.join("; "), endpoint];
  return h("tr", {}, h("th", { scope: "row" }, name), ...cells.map((text) => h("td", {}, text)));
}
