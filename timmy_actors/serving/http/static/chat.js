// The player's chat window, and a line to say as the player.

import { byId, h, setAttributes, setText } from "./dom.js";

const MOST = 100;

/** The lines that are new since the last snapshot: those after the last known one. */
export function newLines(known, lines) {
  const last = known.at(-1);
  if (!last) return lines;
  const index = lines.findLastIndex((line) => line.now === last.now && line.text === last.text);
  return index < 0 ? lines.filter((line) => line.now > last.now) : lines.slice(index + 1);
}

/** Show the chat of the store's `snapshot`. `say(text)` says a line; it resolves to an error's text or "". */
export function startChat(store, say) {
  let known = [];
  let shownOf = "";
  store.on("snapshot", ({ player, boot, chat }) => {
    if (shownOf !== `${player} ${boot}`) byId("chat-lines").replaceChildren();
    known = shownOf === `${player} ${boot}` ? known : [];
    shownOf = `${player} ${boot}`;
    const added = newLines(known, chat?.lines ?? []);
    if (!added.length) return;
    known = [...known, ...added].slice(-MOST);
    append(added);
  });
  startForm(say);
}

function append(lines) {
  const [list, view] = [byId("chat-lines"), byId("chat-window")];
  const atEnd = view.scrollTop + view.clientHeight >= view.scrollHeight - 8;
  list.append(...lines.map(lineElement));
  while (list.childElementCount > MOST) list.firstElementChild.remove();
  if (atEnd) view.scrollTop = view.scrollHeight;
}

function lineElement({ player, text }) {
  const spoken = player && text.startsWith(player);
  const rest = spoken ? text.slice(player.length).replace(/^\s*(\(\d+\))?:?\s*/, "") : text;
  return h("li", { class: player ? "spoken" : "server" }, spoken ? h("strong", {}, player) : null, h("span", {}, rest));
}

function startForm(say) {
  const [form, field, answer] = [byId("chat-form"), byId("chat-text"), byId("chat-answer")];
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    setAttributes(form.elements.namedItem("send"), { disabled: true });
    const error = await say(text);
    setAttributes(form.elements.namedItem("send"), { disabled: false });
    setText(answer, error);
    if (!error) field.value = "";
    field.focus();
  });
}
