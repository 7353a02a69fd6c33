// Server-sent events over fetch: EventSource cannot send the token as a header.

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
const SILENCE_MS = 20_000; // the daemon sends a comment every 15 s

/** The time before attempt `attempt` (from 0): exponential, with jitter, so that pages do not return together. */
export function retryDelay(attempt, random = Math.random()) {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 16));
  return longest * (0.5 + random / 2);
}

/** An incremental parser of the event stream format of the HTML standard: `push(text)` returns the complete events. */
export class EventParser {
  #rest = "";
  #event = { data: [], type: "" };
  lastId = "";

  push(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    return lines.map((line) => this.#take(line)).filter(Boolean);
  }

  #take(line) {
    if (line === "") return this.#complete();
    const colon = line.indexOf(":");
    if (colon === 0) return null;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#event.data.push(value);
    else if (name === "event") this.#event.type = value;
    else if (name === "id") this.lastId = value;
    return null;
  }

  #complete() {
    const { data, type } = this.#event;
    this.#event = { data: [], type: "" };
    return data.length ? { type: type || "message", data: data.join("\n"), id: this.lastId } : null;
  }
}

/**
 * Read `path` for ever, resuming after the last event, until `signal` is aborted.
 * `onEvent({type, data, id})` gets each event; `onOpen()` is called after each connection, `onLost(reason, delayMs)`
 * when one ended and the next is tried after `delayMs`. A refused request ends it with an ApiError.
 */
export async function follow(api, path, { signal, onEvent, onOpen, onLost }) {
  let attempt = 0;
  let lastId = "";
  while (!signal.aborted) {
    let reason = "the daemon ended the stream";
    try {
      const headers = { Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) };
      await read(api, path, headers, signal, {
        open() {
          attempt = 0;
          onOpen();
        },
        event(event) {
          lastId = event.id;
          onEvent(event);
        },
      });
    } catch (error) {
      if (signal.aborted || error.status === 401 || error.status === 403) return;
      reason = error.message;
    }
    if (signal.aborted) return;
    const delay = retryDelay(attempt++);
    onLost(reason, delay);
    await pause(delay, signal);
  }
}

async function read(api, path, headers, signal, { open, event }) {
  const silence = new AbortController();
  const within = (promise) => {
    const timer = setTimeout(() => silence.abort(), SILENCE_MS);
    return promise.finally(() => clearTimeout(timer));
  };
  const request = api.request(path, { headers, signal: AbortSignal.any([signal, silence.signal]) }, 0);
  const reader = (await within(request)).body.getReader();
  open();
  const parser = new EventParser();
  const decoder = new TextDecoder();
  while (true) {
    const { done, value } = await within(reader.read());
    if (done) return;
    parser.push(decoder.decode(value, { stream: true })).forEach(event);
  }
}

/** Wait `ms`, or until the page is shown again, the network returns, or `signal` is aborted. */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const end = new AbortController();
    const finish = () => {
      clearTimeout(timer);
      end.abort();
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener("abort", finish, { signal: end.signal });
    window.addEventListener("online", finish, { signal: end.signal });
  });
}
