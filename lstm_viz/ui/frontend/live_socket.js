/** The live WebSocket: a message goes out, its frame comes back, without a script run. See PROTOCOL.md. */

import { unpack } from "./payload.js";
import { socketUrl } from "./server_url.js";

/** Time without a response before the connection is given up, in milliseconds. Every message is answered, in order. */
const TIMEOUT = 10_000;

/** Time before a closed connection is reopened, in milliseconds. */
const RETRY_AFTER = 30_000;

export class LiveSocket {
  /**
   * @param {URL} folder of the static files
   * @param {{onFrame: (frame: object) => void, onClose: () => void}} listener receives every frame, and the end of the connection
   */
  constructor(folder, listener) {
    this.address = socketUrl("live", folder);
    this.listener = listener;
    this.timer = 0;
    this.triedAt = -RETRY_AFTER;
  }

  /** Send a message if the connection is open; otherwise open it for a later message. */
  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) {
      this.open();
      return false;
    }
    this.socket.send(JSON.stringify(message));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#end(), TIMEOUT);
    return true;
  }

  /** Open the connection, unless it is open or was closed a moment ago. */
  open() {
    if (this.socket || performance.now() - this.triedAt < RETRY_AFTER) return;
    this.triedAt = performance.now();
    const socket = (this.socket = new WebSocket(this.address));
    socket.binaryType = "arraybuffer";
    let before = null;
    socket.onmessage = ({ data }) => {
      clearTimeout(this.timer);
      // Delta frames build on each other: each is unpacked, even if it is not shown.
      before = unpack(new Uint8Array(data), before);
      this.listener.onFrame(before);
    };
    socket.onclose = () => this.#end();
  }

  close() {
    this.triedAt = Infinity;
    this.listener = { onFrame: () => {}, onClose: () => {} };
    this.#end();
  }

  #end() {
    clearTimeout(this.timer);
    const { socket } = this;
    if (!socket) return;
    this.socket = null;
    socket.onclose = socket.onmessage = null;
    socket.close();
    this.listener.onClose();
  }
}
