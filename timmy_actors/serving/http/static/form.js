// A form from a JSON Schema: a field for each argument of a command, and the arguments from the fields.

import { h } from "./dom.js";

/** What kind of field a property needs: {type, optional, enum, schema}. `type` is json for everything nested. */
export function fieldOf(name, property, schema) {
  const options = (property.anyOf ?? [property]).map((option) => resolve(option, schema));
  const real = options.filter((option) => option.type !== "null");
  const [only] = real;
  const simple = real.length === 1 && ["string", "number", "integer", "boolean"].includes(only.type);
  const choices = real.length === 1 ? only.enum : undefined;
  const list = real.length === 1 && only.type === "array" && resolve(only.items ?? {}, schema).type === "string";
  const type = choices ? "choice" : simple ? only.type : list ? "lines" : "json";
  return {
    name,
    type,
    choices,
    required: (schema.required ?? []).includes(name),
    rules: { ...only },
    fallback: property.default,
  };
}

function resolve(option, schema) {
  const reference = option.$ref?.replace("#/$defs/", "");
  return reference ? (schema.$defs?.[reference] ?? {}) : option;
}

/** The fields of a command's schema in order; `player` last and never required: the shown player is its default. */
export function fieldsOf(schema) {
  const fields = Object.entries(schema.properties ?? {})
    .filter(([name]) => name !== "player")
    .map(([name, property]) => fieldOf(name, property, schema));
  const { player } = schema.properties ?? {};
  return player ? [...fields, { ...fieldOf("player", player, schema), required: false }] : fields;
}

/** The value that a field's text stands for; undefined if it is empty. Throws a RangeError with the reason. */
export function valueOf({ type }, text) {
  if (text.trim() === "") return undefined;
  if (type === "number" || type === "integer") {
    const number = Number(text);
    if (!Number.isFinite(number)) throw new RangeError("must be a number");
    if (type === "integer" && !Number.isInteger(number)) throw new RangeError("must be a whole number");
    return number;
  }
  if (type === "boolean") return text === "true";
  if (type === "lines")
    return text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
  if (type !== "json") return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RangeError(`is not JSON: ${error.message}`, { cause: error });
  }
}

/** A short description of what a field accepts. */
export function hintOf({ type, rules, fallback }) {
  const parts = [];
  if (type === "lines") parts.push("one a line");
  if (type === "json") parts.push("JSON");
  const [minimum, maximum] = [rules.minimum, rules.maximum].map((bound) => bound?.toLocaleString("en"));
  if (minimum && maximum) parts.push(`${minimum} to ${maximum}`);
  else if (minimum) parts.push(`${minimum} or more`);
  else if (maximum) parts.push(`at most ${maximum}`);
  if (fallback !== undefined && fallback !== null && fallback !== "") parts.push(`default ${JSON.stringify(fallback)}`);
  return parts.join(", ");
}

/** The element of a field, with its label, hint and place for an error. */
export function createField(field, value = "") {
  const id = `argument-${field.name}`;
  const control = createControl(field, { id, name: field.name, "aria-describedby": `${id}-hint ${id}-error` });
  control.value = value;
  control.required = field.required;
  const label = h("label", { for: id }, field.name.replaceAll("_", " "));
  if (field.required) label.append(h("span", { class: "required" }, " required"));
  return h(
    "div",
    { class: `field as-${field.type}` },
    label,
    control,
    h("p", { class: "hint", id: `${id}-hint` }, hintOf(field)),
    h("p", { class: "error", id: `${id}-error` }),
  );
}

function createControl({ type, choices, rules }, attributes) {
  if (type === "choice" || type === "boolean") {
    const values = type === "boolean" ? ["true", "false"] : choices;
    return h(
      "select",
      attributes,
      h("option", { value: "" }, "not set"),
      values.map((value) => h("option", { value }, String(value))),
    );
  }
  if (type === "lines" || type === "json") return h("textarea", { ...attributes, rows: 3, spellcheck: "false" });
  const numeric = type === "number" || type === "integer";
  const mode = numeric
    ? { inputmode: type === "integer" && rules.minimum >= 0 ? "numeric" : "text" }
    : { maxlength: rules.maxLength };
  return h("input", { ...attributes, ...mode, type: "text", autocomplete: "off", spellcheck: "false" });
}
