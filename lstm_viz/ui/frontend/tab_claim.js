/**
 * A secret by which this tab finds its work again after a reload; it is in the tab's storage alone, never in the address.
 */

import { tabStorage } from "./browser_storage.js";

const KEPT = "lstm_viz claim";
/** When the stored secret is sent, in milliseconds: the server may not have noticed yet that the page was left. */
const ASKED = [0, 1500, 4000];

const asking = new WeakSet();

/**
 * Store a secret, or send the stored one.
 * @param {object} root the element that asks
 * @param {string | undefined} claim to store; "" has the stored one sent, and undefined does nothing
 * @param {(claim: string) => void} send
 */
export function keepClaim(root, claim, send) {
  if (claim === undefined) return;
  if (claim) {
    asking.delete(root);
    tabStorage.write(KEPT, claim);
    return;
  }
  const kept = tabStorage.read(KEPT);
  if (!kept || asking.has(root)) return;
  asking.add(root);
  for (const wait of ASKED) setTimeout(() => asking.has(root) && tabStorage.read(KEPT) === kept && send(kept), wait);
}
