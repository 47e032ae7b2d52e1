/**
 * Recover a page whose session the server has lost.
 *
 * After a server restart or a long sleep Streamlit reconnects, but to a new session that has run no script, and typed text is never
 * answered. When a response is missing, after a click, and at intervals, the page therefore asks `live/<name of its session>`. If the
 * server does not know the session, the page reloads; texts are saved in the browser's storage, the view in the address.
 */

import { tabStorage } from "./browser_storage.js";
import { button, make } from "./elements.js";
import { serverUrl } from "./server_url.js";
import { isUnsaved } from "./unsaved.js";

/** Storage keys: the texts during a reload, and the time of the last reload. */
const [TEXTS, RELOADED] = ["lstm_viz texts", "lstm_viz reloaded"];

/** Milliseconds: between two requests while a response is missing (least, most) and otherwise; how long saved texts stay valid. */
const PACE = { least: 250, most: 2000, usual: 20_000, fresh: 120_000 };

/** The app's first page has two addresses, with and without this name; Streamlit may turn one into the other when it reconnects. */
const FIRST_PAGE = "explore";

const RESTART_NOTICE = "The server was restarted and has lost this session. Reload the page to continue; your text is kept.";

/** The texts that are typed on this page, by name; and those typed in a session that the server has lost, until taken back. */
const [typed, lost] = [new Map(), new Map()];

const server = { name: null, folder: null, asking: false, looked: 0, saved: false };

/** The text areas that somebody has typed into. */
const own = new WeakSet();

/** The element that had the focus last; Streamlit's connection dialogs take the focus. */
let focused = null;

/**
 * Store the server's name for this page's session, and the folder of the static files.
 *
 * A script that ran when the server ended is run again by Streamlit in a new session, before the page has reloaded. What it shows
 * is older than what was typed since; so the texts are saved here, before anything writes into their boxes.
 */
export function setSession(name, folder) {
  if (!name) return;
  if (server.name && name !== server.name) for (const [key, { area }] of typed) lost.set(key, inputState(area));
  if (!server.name) {
    setInterval(() => document.hidden || checkSession(), PACE.usual);
    addEventListener("online", checkSession);
    document.addEventListener("click", checkAfterClick, true);
    document.addEventListener("focusin", ({ target }) => {
      if (!target.closest("[role=dialog]")) focused = target;
    });
    document.addEventListener("visibilitychange", () => document.hidden || checkSession());
    document.addEventListener("input", ({ target }) => own.add(target), true);
    addEventListener("pagehide", saveNewTexts);
  }
  Object.assign(server, { name, folder });
}

/**
 * Register a text that survives a reload.
 * @param {string} name of the text, the same after the reload
 * @param {{area: HTMLTextAreaElement, link: () => object, repeat: () => void}} text its text area, the link parameters that belong
 *   to it, and a function that repeats an unanswered message
 */
export function keepText(name, text) {
  typed.set(name, text);
  if (document.activeElement === text.area) focused = text.area;
}

export function forgetText(name, { area }) {
  if (typed.get(name)?.area === area) typed.delete(name);
}

/** Ask once after a click, because nothing reports whether Streamlit's own controls are answered; at most every other second. */
async function checkAfterClick() {
  if (server.asking || Date.now() - server.looked < PACE.most) return;
  server.looked = Date.now();
  if (!(await isKnown())) checkSession();
}

/** A response is missing: ask until it is clear whether the server knows this session. */
export async function checkSession() {
  if (server.asking || !server.name) return;
  server.asking = true;
  for (let wait = PACE.least; ; wait = Math.min(PACE.most, 2 * wait)) {
    const known = await isKnown();
    if (known) for (const { repeat } of typed.values()) repeat();
    if (known === false) reloadOnce();
    if (known !== null) break;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  server.asking = false;
}

/** Return whether the server knows this page's session; null if it does not answer. */
async function isKnown() {
  try {
    const response = await fetch(serverUrl(`live/${server.name}`, server.folder), { cache: "no-store" });
    return response.ok ? (await response.json()).known : null;
  } catch {
    return null;
  }
}

function reloadOnce() {
  const before = Number(tabStorage.read(RELOADED));
  // Never reload in a loop, for example behind a proxy that sends each request to another server.
  if (isUnsaved() || Date.now() - before < PACE.usual) return showRestartNotice();
  tabStorage.write(RELOADED, String(Date.now()));
  reload();
}

/** Save what was typed last, before the address had it: a reload by hand brings it back. */
function saveNewTexts() {
  const linked = new URL(location.href).searchParams.get("text");
  const fresh = [...typed].filter(([, { area }]) => own.has(area) && area.value !== linked);
  if (server.saved || !fresh.length) return;
  const texts = Object.fromEntries(fresh.map(([name, { area }]) => [name, inputState(area)]));
  tabStorage.write(TEXTS, JSON.stringify({ path: pagePath(location.pathname), at: Date.now(), texts, byHand: true }));
}

/** Leave the page without what was typed on it. */
export const dropTexts = () => (server.saved = true);

const isReload = () => /** @type {any} */ (performance.getEntriesByType("navigation")[0])?.type === "reload";

function reload() {
  const url = new URL(location.href);
  // From the first page's other address Streamlit would go on to this one, and take the focus from the text.
  url.pathname = pagePath(url.pathname);
  const texts = {};
  for (const [name, { area, link }] of typed) {
    texts[name] = inputState(area);
    for (const [key, value] of Object.entries(link())) {
      if (value === null) url.searchParams.delete(key);
      else url.searchParams.set(key, value);
    }
  }
  tabStorage.write(TEXTS, JSON.stringify({ path: pagePath(location.pathname), at: Date.now(), texts }));
  server.saved = true;
  location.replace(url);
}

/** Return a page's path, the same for both addresses of the first page. */
export const pagePath = (path) => (path.endsWith(`/${FIRST_PAGE}`) ? path.slice(0, -FIRST_PAGE.length) : path);

/** Return a box's text, its caret, and whether it had the focus. */
const inputState = (area) => ({ text: area.value, caret: area.selectionEnd, focused: focused === area });

/** Return whether this text was typed in a session that the server has lost while the page stayed. */
export const isLost = (name) => lost.has(name);

/** Return the text that was typed under this name before a reload or in a lost session, {text, caret, focused}; null if none was. */
export function takeSavedText(name) {
  const last = lost.get(name);
  lost.delete(name);
  if (last) return last;
  const kept = JSON.parse(tabStorage.read(TEXTS) ?? "null");
  const text = kept?.texts[name];
  if (!text) return null;
  delete kept.texts[name];
  tabStorage.write(TEXTS, JSON.stringify(kept));
  const isHere = kept.path === pagePath(location.pathname) && (!kept.byHand || isReload());
  return isHere && Date.now() - kept.at < PACE.fresh ? text : null;
}

/** Restore the focus and the caret. */
export function refocus(area, { focused, caret }) {
  if (!focused) return;
  area.focus({ preventScroll: true });
  area.setSelectionRange(caret, caret);
}

/** Show that the server has lost the session, with a button to reload. */
function showRestartNotice() {
  if (document.querySelector(".live-forgotten")) return;
  const bar = make("div.live-forgotten", { role: "alert" }, RESTART_NOTICE, button("Reload", reload));
  document.body.append(bar);
  bar.style.cssText =
    "position:fixed;inset:auto 0 0 0;z-index:1000000;display:flex;gap:1rem;align-items:center;justify-content:center;" +
    "padding:0.75rem 1rem;background:#8a3b00;color:#fff;font:15px sans-serif";
}
