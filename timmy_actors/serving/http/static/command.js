// The form that sends a command to the game.

import { ApiError, randomKey } from "./api.js";
import { byId, h, setAttributes, setText } from "./dom.js";
import { createField, fieldsOf, valueOf } from "./form.js";

const TIMEOUT_S = 10;
const MARGIN_MS = 5_000;

/** Sends commands: under one key as long as the same command has no answer, so that it is executed once. */
export class CommandSender {
  #unanswered = null;

  constructor(api) {
    this.api = api;
  }

  /** Resolves to the answer. Throws ApiError for a refusal, ConnectionError if the outcome is unknown. */
  async send(name, values) {
    const text = JSON.stringify([name, values]);
    const key = this.#unanswered?.text === text ? this.#unanswered.key : randomKey();
    this.#unanswered = { text, key };
    const body = { name, arguments: values, timeout_s: TIMEOUT_S };
    try {
      const answer = await this.api.post("v1/commands", body, { "Idempotency-Key": key }, TIMEOUT_S * 1000 + MARGIN_MS);
      this.#unanswered = null;
      return answer;
    } catch (error) {
      if (error instanceof ApiError && error.problem.code !== "in_doubt") this.#unanswered = null;
      throw error;
    }
  }
}

/** Fill the form from the store's `commands`: [{name, description, arguments}]. */
export function startCommand(store, sender) {
  const [form, select] = [byId("command-form"), byId("command-name")];
  let fields = [];
  store.on("commands", (commands) => {
    const chosen = select.value || "teleport";
    select.replaceChildren(...commands.map(({ name }) => h("option", { value: name }, name)));
    select.value = commands.some(({ name }) => name === chosen) ? chosen : (commands[0]?.name ?? "");
    fields = showFields(store, select.value);
  });
  select.addEventListener("change", () => {
    fields = showFields(store, select.value);
    showAnswer("", "");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(store, sender, select.value, fields);
  });
}

function named(store, name) {
  return store.get("commands").find((one) => one.name === name);
}

function showFields(store, name) {
  const command = named(store, name);
  const fields = command ? fieldsOf(command.arguments) : [];
  const [about, ...details] = (command?.description ?? "").split("\n\n");
  setText(byId("command-about"), about.replaceAll("`", ""));
  setText(byId("command-details"), details.join(" ").replaceAll("`", ""));
  byId("command-fields").replaceChildren(...fields.map((field) => createField(field)));
  if (byId("argument-player")) byId("argument-player").placeholder = command.names_player ? "" : store.get("player");
  return fields;
}

/** The values of the fields. Marks the fields that are invalid and returns null if there are any. */
function valuesOf(fields) {
  const values = {};
  let invalid = null;
  for (const field of fields) {
    const control = byId(`argument-${field.name}`);
    let reason = "";
    try {
      const value = valueOf(field, control.value);
      if (value === undefined && field.required) reason = "is required";
      if (value !== undefined) values[field.name] = value;
    } catch (error) {
      reason = error.message;
    }
    mark(field.name, reason);
    if (reason) invalid ??= control;
  }
  invalid?.focus();
  return invalid ? null : values;
}

function mark(name, reason) {
  const control = byId(`argument-${name}`);
  if (!control) return false;
  setAttributes(control, { "aria-invalid": reason ? "true" : null });
  setText(byId(`argument-${name}-error`), reason);
  return true;
}

async function submit(store, sender, name, fields) {
  const values = valuesOf(fields);
  if (!values) return;
  if (!named(store, name)?.names_player) values.player ??= store.get("player") || undefined;
  const button = byId("command-send");
  button.disabled = true;
  showAnswer("waiting", `Sending ${name} …`);
  try {
    const { value, command_id: id } = await sender.send(name, values);
    showAnswer("done", `${name} was executed`, { ...value, command_id: id });
  } catch (error) {
    showError(name, error);
  }
  button.disabled = false;
}

function showError(name, error) {
  const field = error.problem?.field;
  if (field && mark(field.split(".")[0], error.message)) byId(`argument-${field.split(".")[0]}`).focus();
  const unknown = !(error instanceof ApiError);
  const advice = unknown ? ". The outcome is unknown: send it again unchanged, it is executed at most once" : "";
  showAnswer("failed", `${name}: ${error.message}${advice}`, error.problem?.code ? { code: error.problem.code } : null);
}

function showAnswer(state, text, value = null) {
  setAttributes(byId("command-answer"), { "data-state": state });
  setText(byId("command-outcome"), text);
  setText(byId("command-value"), value ? JSON.stringify(value, null, 1).replace(/\n\s*/g, " ") : "");
}
