/**
 * The secrets by which this tab finds its work again after a reload; they are in the tab's storage alone, never in the address.
 */

import { tabStorage } from "./browser_storage.js";
import { isRunning } from "./script_state.js";

const KEPT = "lstm_viz claim";
/** When the stored secrets are sent, in milliseconds: the server may not have noticed yet that the page was left. */
const ASKED = [0, 1500, 4000];
/** How often to look whether the page has been drawn, in milliseconds, and how often at most. */
const LOOK = 100;
const LOOKS = 100;
/** How long the last one may wait for its answer, in milliseconds; then the work is gone, or another tab has it. */
const ANSWERED = 20_000;

/** The stored secrets are separated by spaces, oldest first. */
const read = () => (tabStorage.read(KEPT) ?? "").split(" ").filter(Boolean);

const write = (claims) => tabStorage.write(KEPT, claims.join(" ") || null);

export class TabClaim {
  /** @param {() => boolean} isDrawing whether the page is still being drawn */
  constructor(isDrawing = isRunning) {
    this.isDrawing = isDrawing;
    /** The secrets of the sessions before the page was loaded, oldest first, whose work is not here yet. */
    this.awaited = read();
    /** The secret of this session's work; "" while there is none. */
    this.own = "";
    this.asking = new WeakSet();
  }

  /** Store the secret of this session's work, "" while there is none; `taken` lists those whose work it holds by now. */
  keep({ claim, taken }) {
    this.own = claim || this.own;
    this.awaited = this.awaited.filter((each) => !taken.includes(each));
    this.#store();
  }

  /**
   * Send the secrets of the sessions before, if there are any, until their work is here.
   * @param {object} root the element that asks; each asks once
   * @param {(claims: string[]) => void} send
   */
  ask(root, send) {
    if (!this.awaited.length || this.asking.has(root)) return;
    this.asking.add(root);
    for (const wait of ASKED) setTimeout(() => this.#sendOnceDrawn(send, LOOKS), wait);
    setTimeout(() => this.awaited.length && this.#giveUp(), ASKED[ASKED.length - 1] + LOOK * LOOKS + ANSWERED);
  }

  /**
   * Send the secrets when the page has been drawn. It runs the page again, and a run that is interrupted would be drawn later.
   */
  #sendOnceDrawn(send, looks) {
    if (!this.awaited.length) return;
    if (looks > 0 && this.isDrawing()) setTimeout(() => this.#sendOnceDrawn(send, looks - 1), LOOK);
    else send(this.awaited);
  }

  /** Forget the work: the next load of the page starts from the beginning. */
  forget() {
    this.awaited = [];
    write([]);
  }

  #giveUp() {
    this.awaited = [];
    this.#store();
  }

  #store() {
    write([...this.awaited, this.own].filter(Boolean));
  }
}

/** This tab's. */
const tab = new TabClaim();

export const keepClaim = (work) => tab.keep(work);

export const askForWork = (root, send) => tab.ask(root, send);

export const forgetClaim = () => tab.forget();

/** Return whether work of the page before its reload may still come. */
export const awaitsWork = () => tab.awaited.length > 0;
