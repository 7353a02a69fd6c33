// The token: asked for once and kept for the tab, or taken from the URL's fragment.

import { byId, setAttributes, setText } from "./dom.js";

const KEY = "timmy-token";

/** The token from `#token=...`, which is removed from the address and the history; null if there is none. */
function fromFragment() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return token;
}

export function forgetToken() {
  sessionStorage.removeItem(KEY);
}

/** Call `start(token)` with the token of this tab, and again with each token that is entered. */
export function startSignIn(start) {
  const use = (token) => {
    sessionStorage.setItem(KEY, token);
    start(token);
  };
  const take = () => {
    const token = fromFragment() ?? sessionStorage.getItem(KEY);
    if (token) use(token);
    else showSignIn("");
  };
  byId("sign-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const token = byId("token").value.trim();
    if (!token) return showSignIn("Enter the token.");
    byId("token").value = "";
    return use(token);
  });
  addEventListener("hashchange", take);
  take();
}

/** Show the page that asks for the token, with the reason. */
export function showSignIn(reason) {
  setAttributes(byId("sign-in"), { hidden: false });
  setAttributes(byId("dashboard"), { hidden: true });
  setAttributes(byId("bar"), { hidden: true });
  setText(byId("sign-in-error"), reason);
  setAttributes(byId("token"), { "aria-invalid": reason ? "true" : null });
  byId("token").focus();
}

/** Show the dashboard. */
export function showDashboard() {
  setAttributes(byId("sign-in"), { hidden: true });
  setAttributes(byId("dashboard"), { hidden: false });
  setAttributes(byId("bar"), { hidden: false });
}
