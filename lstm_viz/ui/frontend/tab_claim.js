/**
 * A secret by which this tab finds its work again after a reload; it is in the tab's storage alone, never in the address.
 */

import { tabStorage } from "./browser_storage.js";
import { isRunning } from "./script_state.js";

const KEPT = "lstm_viz claim";
/** When the stored secret is sent, in milliseconds: the server may not have noticed yet that the page was left. */
const ASKED = [0, 1500, 4000];
/** How often to look whether the page has been drawn, in milliseconds, and how often at most. */
const LOOK = 100;
const LOOKS = 100;
/** How long the last one may wait for its answer, in milliseconds; then the work is gone, or another tab has it. */
const ANSWERED = 20_000;

const read = () => tabStorage.read(KEPT);

const write = (claim) => tabStorage.write(KEPT, claim || null);

export class TabClaim {
  /** @param {() => boolean} isDrawing whether the page is still being drawn */
  constructor(isDrawing = isRunning) {
    this.isDrawing = isDrawing;
    /** The secret of the session before the page was loaded; null once its work is here, or given up. */
    this.before = read();
    /** The secret of this session's work; stored once nothing of the session before is awaited. */
    this.own = "";
    this.asking = new WeakSet();
  }

  /** Store the secret of this session's work ("" while there is none); `taken` is true once it holds the work from before. */
  keep({ claim, taken }) {
    this.own = claim || this.own;
    if (taken) this.before = null;
    if (this.before === null && this.own) write(this.own);
  }

  /**
   * Send the secret of the session before, if there is one, until its work is here.
   * @param {object} root the element that asks; each asks once
   * @param {(claim: string) => void} send
   */
  ask(root, send) {
    if (this.before === null || this.asking.has(root)) return;
    this.asking.add(root);
    for (const wait of ASKED) setTimeout(() => this.#sendOnceDrawn(send, LOOKS), wait);
    setTimeout(() => this.before !== null && this.#giveUp(), ASKED[ASKED.length - 1] + LOOK * LOOKS + ANSWERED);
  }

  /**
   * Send the secret when the page has been drawn. It runs the page again: a run that is interrupted may leave controls that never
   * hear of their values, and report their first option as if somebody had chosen it.
   */
  #sendOnceDrawn(send, looks) {
    if (this.before === null) return;
    if (looks > 0 && this.isDrawing()) setTimeout(() => this.#sendOnceDrawn(send, looks - 1), LOOK);
    else send(this.before);
  }

  #giveUp() {
    this.before = null;
    write(this.own);
  }
}

/** This tab's. */
const tab = new TabClaim();

export const keepClaim = (work) => tab.keep(work);

export const askForWork = (root, send) => tab.ask(root, send);

/** Forget the work: the next load of the page starts from the beginning. */
export const forgetClaim = () => write("");
