// Requests to the daemon. Every URL is relative to the page, so that a proxy may serve it under a prefix.

const TIMEOUT_MS = 15_000;

/** A refusal of the daemon: an RFC 9457 problem. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `HTTP status ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** No answer arrived: the daemon is not reachable, or it did not answer in time. */
export class ConnectionError extends Error {}

/** A random idempotency key. `crypto.randomUUID` exists only in secure contexts; this works over plain HTTP too. */
export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The daemon's HTTP interface, with one token. */
export class Api {
  #token;
  #onRefused;

  /** `onRefused` is called when the daemon refuses the token. */
  constructor(token, onRefused) {
    this.#token = token;
    this.#onRefused = onRefused;
  }

  async get(path) {
    return (await this.request(path)).json();
  }

  async post(path, body = {}, headers = {}, timeoutMs = TIMEOUT_MS) {
    const content = { "Content-Type": "application/json", ...headers };
    const options = { method: "POST", headers: content, body: JSON.stringify(body) };
    return (await this.request(path, options, timeoutMs)).json();
  }

  async picture(path) {
    return (await this.request(path)).blob();
  }

  /** Send a request. Throws ApiError for an answer that is not successful, ConnectionError without an answer. */
  async request(path, options = {}, timeoutMs = TIMEOUT_MS) {
    const timeout = timeoutMs ? AbortSignal.timeout(timeoutMs) : null;
    const signals = [timeout, options.signal].filter(Boolean);
    let response;
    try {
      response = await fetch(path, {
        cache: "no-store",
        credentials: "omit",
        ...options,
        headers: { Authorization: `Bearer ${this.#token}`, ...options.headers },
        signal: signals.length ? AbortSignal.any(signals) : undefined,
      });
    } catch (error) {
      throw new ConnectionError(timeout?.aborted ? "no answer in time" : "the daemon is not reachable", {
        cause: error,
      });
    }
    if (response.ok) return response;
    const error = new ApiError(response.status, await problemOf(response));
    if (response.status === 401) this.#onRefused(error);
    throw error;
  }
}

async function problemOf(response) {
  try {
    return (await response.json()) ?? {};
  } catch {
    return { title: response.statusText };
  }
}
