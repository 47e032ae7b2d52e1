/**
 * A secret by which this tab finds its work again after a reload; it is in the tab's storage alone, never in the address.
 */

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
    store(claim);
    return;
  }
  const kept = stored();
  if (!kept || asking.has(root)) return;
  asking.add(root);
  for (const wait of ASKED) setTimeout(() => asking.has(root) && stored() === kept && send(kept), wait);
}

function stored() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function store(claim) {
  try {
    sessionStorage.setItem(KEPT, claim);
  } catch {
    // Without storage a reload starts from the beginning.
  }
}
