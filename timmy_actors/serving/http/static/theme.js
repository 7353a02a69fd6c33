// Light or dark: the system's setting, until the button chooses one.

import { byId, setText } from "./dom.js";

const KEY = "timmy-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function current() {
  return document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
}

function show() {
  const other = current() === "dark" ? "light" : "dark";
  setText(byId("theme-label"), `Switch to ${other} colours`);
}

/** Apply the stored choice and wire the button. */
export function startTheme() {
  const stored = localStorage.getItem(KEY);
  if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored;
  byId("theme").addEventListener("click", () => {
    const chosen = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    localStorage.setItem(KEY, chosen);
    show();
  });
  dark.addEventListener("change", show);
  show();
}
