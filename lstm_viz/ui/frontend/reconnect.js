/**
 * What a page does when the server has forgotten it.
 *
 * A server that was started anew, or a computer that slept for long, leaves a page whose session is gone: Streamlit connects
 * again, but to a new session that has run no script, and nothing that is typed is ever answered. Whenever answers stay away,
 * after a click, and now and then, the page therefore asks `live/<name of its session>`. It loads itself again once the server says that it
 * knows no such session; texts go along in the browser's storage, the view in the address.
 */

import { isUnsaved } from "./unsaved.js";

/** Where texts wait for the page to be there again, and when it was last loaded again. */
const [TEXTS, RELOADED] = ["lstm_viz texts", "lstm_viz reloaded"];

/** Milliseconds: between two questions while no answer comes, while all is well, and how long what waits is good. */
const PACE = { least: 250, most: 2000, usual: 20_000, fresh: 120_000 };

const SAID = "The server was started anew and no longer knows this page. Load the page again to go on; what was typed is kept.";

/** Which texts are typed on this page, by name. */
const typed = new Map();

const server = { name: null, folder: null, asking: false, looked: 0 };

/** What had the focus last; Streamlit's dialogs about a lost connection take it without being asked. */
let focused = null;

/** Note by which name the server knows this page's session, and where static files are served from. */
export function setSession(name, folder) {
  if (!name) return;
  if (!server.name) {
    setInterval(() => document.hidden || checkSession(), PACE.usual);
    addEventListener("online", checkSession);
    document.addEventListener("click", look, true);
    document.addEventListener("focusin", ({ target }) => {
      if (!target.closest("[role=dialog]")) focused = target;
    });
    document.addEventListener("visibilitychange", () => document.hidden || checkSession());
  }
  Object.assign(server, { name, folder });
}

/**
 * Take part: a text that is typed here is to be kept.
 * @param {string} name of the text, the same when the page is there again
 * @param {{area: HTMLTextAreaElement, link: () => object, repeat: () => void}} text where it is typed, the parameters of the
 *   page's address that go with it, and what asks once more for what was not answered
 */
export function keepText(name, text) {
  typed.set(name, text);
  if (document.activeElement === text.area) focused = text.area;
}

export function forgetText(name, { area }) {
  if (typed.get(name)?.area === area) typed.delete(name);
}

/** Ask once after a click, as nothing tells whether Streamlit's own controls are answered; at most every other second. */
async function look() {
  if (server.asking || Date.now() - server.looked < PACE.most) return;
  server.looked = Date.now();
  if (!(await isKnown())) checkSession();
}

/** An answer stayed away: ask until it is clear whether the server still knows this page. */
export async function checkSession() {
  if (server.asking || !server.name) return;
  server.asking = true;
  for (let wait = PACE.least; ; wait = Math.min(PACE.most, 2 * wait)) {
    const known = await isKnown();
    if (known) for (const { repeat } of typed.values()) repeat();
    if (known === false) loadAgain();
    if (known !== null) break;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  server.asking = false;
}

/** Whether the server knows this page's session; null where it does not say. */
async function isKnown() {
  try {
    const response = await fetch(new URL(`../../live/${server.name}`, server.folder), { cache: "no-store" });
    return response.ok ? (await response.json()).known : null;
  } catch {
    return null;
  }
}

/** What the tab keeps; nothing where the browser forbids it or has no room, and then the address alone brings the view back. */
function stored(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Nothing to be done.
  }
}

function loadAgain() {
  const before = Number(stored(RELOADED));
  // Never in a circle, as behind a proxy that sends each question to another server.
  if (isUnsaved() || Date.now() - before < PACE.usual) return say();
  store(RELOADED, Date.now());
  reload();
}

function reload() {
  const url = new URL(location.href);
  const texts = {};
  for (const [name, { area, link }] of typed) {
    texts[name] = { text: area.value, caret: area.selectionEnd, focused: focused === area };
    for (const [key, value] of Object.entries(link())) {
      if (value === null) url.searchParams.delete(key);
      else url.searchParams.set(key, value);
    }
  }
  store(TEXTS, JSON.stringify({ path: location.pathname, at: Date.now(), texts }));
  location.replace(url);
}

/** A text that was kept under this name while the page was loaded again: {text, caret, focused}; null where there is none. */
export function takeBack(name) {
  const kept = JSON.parse(stored(TEXTS) ?? "null");
  const text = kept?.texts[name];
  if (!text) return null;
  delete kept.texts[name];
  store(TEXTS, JSON.stringify(kept));
  return kept.path === location.pathname && Date.now() - kept.at < PACE.fresh ? text : null;
}

/** Put the caret back to where it was. */
export function refocus(area, { focused, caret }) {
  if (!focused) return;
  area.focus({ preventScroll: true });
  area.setSelectionRange(caret, caret);
}

function say() {
  if (document.querySelector(".live-forgotten")) return;
  const bar = Object.assign(document.createElement("div"), { className: "live-forgotten", role: "alert", textContent: SAID });
  bar.append(Object.assign(document.createElement("button"), { type: "button", textContent: "Load again", onclick: reload }));
  document.body.append(bar);
  bar.style.cssText =
    "position:fixed;inset:auto 0 0 0;z-index:1000000;display:flex;gap:1rem;align-items:center;justify-content:center;" +
    "padding:0.75rem 1rem;background:#8a3b00;color:#fff;font:15px sans-serif";
}
