// A client of the bridge in Node, by docs/protocol.md: `node client.mjs PORT TOKEN SCRIPT`, its findings as JSON lines.
import { createRequire } from "node:module";

const zmq = createRequire(process.cwd() + "/")("zeromq");
const [port, token, script] = process.argv.slice(2);
const PATIENCE_MS = 10000;

function connect(Socket, password = token, options = {}) {
  const socket = new Socket({
    plainUsername: "timmy", plainPassword: password, linger: 0, receiveTimeout: PATIENCE_MS, sendTimeout: PATIENCE_MS,
    reconnectInterval: -1, ...options,
  });
  socket.connect(`tcp://127.0.0.1:${port}`);
  return socket;
}

async function ask(socket, message) {
  await socket.send(JSON.stringify(message));
  const parts = await socket.receive();
  return JSON.parse(parts[parts.length - 1].toString());
}

const hello = (client) => ({ type: "hello", id: "h", protocol: 1, client });
const observe = (id) => ({ type: "observe", id, player: "Timmy", sections: ["world"] });
const say = (finding) => console.log(JSON.stringify(finding));

const SCRIPTS = {
  async dealer() {
    const socket = connect(zmq.Dealer);
    say(await ask(socket, hello("node")));
    const ids = Array.from({ length: 200 }, (_, number) => `n${number}`);
    for (const id of ids) await socket.send(JSON.stringify(observe(id)));
    const answered = [];
    while (answered.length < ids.length) answered.push(JSON.parse((await socket.receive())[0].toString()).id);
    say({ inOrder: answered.join() === ids.join() });
    socket.close();
  },
  async request() {
    const socket = connect(zmq.Request);
    say(await ask(socket, hello("node-req")));
    say(await ask(socket, observe("o")));
    say(await ask(socket, { type: "subscribe", id: "s", sections: ["world"] }));
    socket.close();
  },
  async pushes() {
    const socket = connect(zmq.Dealer);
    await ask(socket, hello("node-pushes"));
    say(await ask(socket, { type: "subscribe", id: "s", players: ["Timmy"], sections: ["world"], rate_hz: 20 }));
    for (let number = 0; number < 5; number++) say({ seq: JSON.parse((await socket.receive())[0].toString()).seq });
    socket.close();
  },
  async quiet() {
    const socket = connect(zmq.Dealer, token, { heartbeatInterval: 50, heartbeatTimeout: 200, heartbeatTimeToLive: 200 });
    await ask(socket, hello("node-quiet"));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    say(await ask(socket, { type: "ping", id: "still here" }));
    socket.close();
  },
  async refused() {
    const socket = connect(zmq.Dealer, token + "x");
    const refusal = new Promise((resolve) => socket.events.on("handshake:error:protocol", resolve));
    const auth = new Promise((resolve) => socket.events.on("handshake:error:auth", resolve));
    const event = await Promise.race([refusal, auth]);
    say({ refused: event.type });
    socket.close();
  },
};

await SCRIPTS[script]();
