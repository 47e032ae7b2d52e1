/**
 * Texts in Streamlit's text areas that a reload would lose: Streamlit sends a text only when its box is left.
 *
 * What is typed and not sent is saved when the page is left. When the same page is loaded again, it is put back into its box with
 * the caret, as unsent as it was.
 */

import { tabStorage } from "./browser_storage.js";
import { pagePath, refocus } from "./reconnect.js";
import { isRunning } from "./script_state.js";
import { awaitsWork } from "./tab_claim.js";

const SAVED = "lstm_viz unsent texts";
/** In milliseconds: how long saved texts stay valid, how often to look for their boxes, and for how long. */
const PACE = { fresh: 120_000, look: 250, most: 60_000 };

/** The text areas with an unsent text, by the key of their control. */
const unsent = new Map();

/** Watch all text areas of the page, and put the texts that were saved before it was loaded back into their boxes. */
export function keepUnsentTexts() {
  document.addEventListener("input", ({ target }) => keyOf(target) && unsent.set(keyOf(target), target), true);
  document.addEventListener("focusout", ({ target }) => unsent.delete(keyOf(target)), true);
  addEventListener("pagehide", saveUnsentTexts);
  const texts = takeSavedTexts();
  const until = Date.now() + PACE.most;
  const timer = setInterval(() => {
    putBack(texts);
    if (!texts.size || Date.now() > until) clearInterval(timer);
  }, PACE.look);
}

/** Leave the page without its unsent texts. */
export const dropUnsentTexts = () => unsent.clear();

function saveUnsentTexts() {
  const texts = [...unsent].filter(([, area]) => area.isConnected).map(([key, area]) => [key, area.value, area.selectionEnd]);
  const saved = { path: pagePath(location.pathname), at: Date.now(), texts };
  tabStorage.write(SAVED, texts.length ? JSON.stringify(saved) : null);
}

/** Return the texts that were saved on this page a moment ago, {text, caret} by key; they are given once. */
function takeSavedTexts() {
  const saved = JSON.parse(tabStorage.read(SAVED) ?? "null");
  tabStorage.write(SAVED, null);
  if (saved?.path !== pagePath(location.pathname) || Date.now() - saved.at > PACE.fresh) return new Map();
  return new Map(saved.texts.map(([key, text, caret]) => [key, { text, caret }]));
}

/** Write those texts into their boxes whose boxes are drawn, and remove them from the map. */
function putBack(texts) {
  // What was sent before the reload comes first, or it would replace what was typed after it.
  if (isRunning() || awaitsWork()) return;
  for (const [key, { text, caret }] of texts) {
    const area = document.querySelector(`.st-key-${CSS.escape(key)} textarea`);
    if (!area) continue;
    texts.delete(key);
    // Somebody who has begun to type since goes on with that.
    if (!unsent.has(key)) write(area, text, caret);
  }
}

/** Write into a box that React controls, as if it were typed. */
function write(area, text, caret) {
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, text);
  refocus(area, { focused: true, caret });
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Return the key of the control that a text area belongs to; null for anything else. */
function keyOf(target) {
  if (!target.matches?.(".stTextArea textarea")) return null;
  const named = target.closest("[class*=st-key-]");
  return named && [...named.classList].find((name) => name.startsWith("st-key-")).slice("st-key-".length);
}
