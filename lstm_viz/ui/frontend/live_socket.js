/**
 * A WebSocket of the app's own to Python. A message goes out, its frame comes back, and no script is run.
 */

import { unpack } from "./payload.js";

/** Where the server listens, seen from the folder of static files. */
const PATH = "../../live";

/** How long an answer is awaited before the connection is given up, in milliseconds; it answers every message, in order. */
const TIMEOUT = 10_000;

/** How long a closed connection is left alone, in milliseconds. */
const RETRY_AFTER = 30_000;

export class LiveSocket {
  /**
   * @param {URL} folder that static files are served from
   * @param {{onFrame: (frame: object) => void, onClose: () => void}} listener told of frames, and once of the end
   */
  constructor(folder, listener) {
    this.address = new URL(PATH, folder);
    this.address.protocol = this.address.protocol.replace("http", "ws");
    this.listener = listener;
    this.timer = 0;
    this.triedAt = -RETRY_AFTER;
  }

  /** Send a message if the connection is open; where it is not, it may be for a later one. */
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

  /** Open the connection, unless it is open already or was closed a moment ago. */
  open() {
    if (this.socket || performance.now() - this.triedAt < RETRY_AFTER) return;
    this.triedAt = performance.now();
    const socket = (this.socket = new WebSocket(this.address));
    socket.binaryType = "arraybuffer";
    let before = null;
    socket.onmessage = ({ data }) => {
      clearTimeout(this.timer);
      // A connection's frames build on each other: each is unpacked, also one that is not shown.
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
