// Puts the page together: sign in, then one session with the daemon at a time.

import { Api } from "./api.js";
import { startCharts } from "./charts.js";
import { startChat } from "./chat.js";
import { CommandSender, startCommand } from "./command.js";
import { byId, h, keyed, setAttributes, setText } from "./dom.js";
import { startEpisodes } from "./episodes.js";
import { startFleet } from "./fleet.js";
import { startHealth } from "./health.js";
import { startHeartbeat } from "./heartbeat.js";
import { startLog } from "./log.js";
import { startMap } from "./map-card.js";
import { startScreen } from "./screen.js";
import { Session } from "./session.js";
import { forgetToken, showDashboard, showSignIn, startSignIn } from "./signin.js";
import { Store } from "./store.js";
import { duration } from "./text.js";
import { startTheme } from "./theme.js";
import { startTree } from "./tree.js";

const CONNECTIONS = { connecting: "Connecting", live: "Live", lost: "Connection lost" };

const store = new Store();
let session = null;
let api = null;
const current = {
  get: (...rest) => api.get(...rest),
  post: (...rest) => api.post(...rest),
  picture: (...rest) => api.picture(...rest),
};
const sender = new CommandSender(current);

function start(token) {
  session?.stop();
  api = new Api(token, () => end("The daemon refused this token. Its token file has the right one."));
  session = new Session(api, store);
  store.set("connection", { state: "connecting", reason: "", since: Date.now() });
  store.set("player", "");
  showDashboard();
  session.start();
}

function end(reason) {
  session?.stop();
  session = null;
  forgetToken();
  showSignIn(reason);
}

async function restart(name) {
  try {
    await api.post(`v1/tree/${encodeURIComponent(name)}/restart`);
    return `Restarted ${name}`;
  } catch (error) {
    return `${name} was not restarted: ${error.message}`;
  }
}

async function say(text) {
  try {
    await sender.send(text.startsWith("/") ? "chat_command" : "chat", { text, player: store.get("player") });
    return "";
  } catch (error) {
    return error.message;
  }
}

function showConnection() {
  const { state, reason, since } = store.get("connection");
  setAttributes(document.documentElement, { "data-connection": state });
  setText(byId("connection-state"), CONNECTIONS[state]);
  setAttributes(byId("lost"), { hidden: state !== "lost" });
  if (state === "lost") setText(byId("lost-reason"), reason);
  byId("lost-since").textContent = state === "lost" ? duration((Date.now() - since) / 1000) : "";
}

function showPlayers(players) {
  const select = byId("player");
  const names = players.map(({ player }) => player);
  keyed(
    select,
    names,
    (name) => name,
    (name) => h("option", { value: name }, name),
    () => {},
  );
  select.value = store.get("player");
}

startTheme();
startHealth(store);
startMap(store, current);
startTree(store, restart);
startCharts(store);
startLog(store);
startCommand(store, sender);
startChat(store, say);
startScreen(store, current);
startHeartbeat(store, current);
startEpisodes(current);
startFleet(current);
store.on("connection", showConnection);
store.on("players", showPlayers);
setInterval(() => session && showConnection(), 1_000);
byId("player").addEventListener("change", (event) => session?.watch(event.target.value));
byId("sign-out").addEventListener("click", () => end(""));
startSignIn(start);
