/** Tell the page which section its address names after the #, as the server never sees it. */

export class Anchor {
  receive({ anchors }, send) {
    const anchor = location.hash.slice(1);
    if (this.sentAnchor === anchor || !anchors.includes(anchor)) return;
    this.sentAnchor = anchor;
    send({ anchor });
  }

  close() {}
}
