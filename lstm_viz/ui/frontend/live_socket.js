/**
 * The short road to Python: a websocket of the app's own. A message goes out, its frame comes back, and no script is run.
 */

import { unpack } from "./payload.js";

/** Where the server listens, seen from the folder of static files. */
const ADDRESS = "../../live";

/** How long an answer is awaited before the road is given up, in milliseconds; it answers every message, in order. */
const PATIENCE = 10_000;

/** How long a closed road is left alone, in milliseconds. */
const REST = 30_000;

export class Road {
  /**
   * @param {URL} folder that static files are served from
   * @param {{came: (frame: object) => void, closed: () => void}} listener told of frames, and once of the end
   */
  constructor(folder, listener) {
    this.address = new URL(ADDRESS, folder);
    this.address.protocol = this.address.protocol.replace("http", "ws");
    this.listener = listener;
    this.timer = 0;
    this.triedAt = -REST;
  }

  /** Send a message if the road is open; where it is not, it may be for a later one. */
  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) {
      this.open();
      return false;
    }
    this.socket.send(JSON.stringify(message));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#end(), PATIENCE);
    return true;
  }

  /** Open the road, unless it is open already or was closed a moment ago. */
  open() {
    if (this.socket || performance.now() - this.triedAt < REST) return;
    this.triedAt = performance.now();
    const socket = (this.socket = new WebSocket(this.address));
    socket.binaryType = "arraybuffer";
    let before = null;
    socket.onmessage = ({ data }) => {
      clearTimeout(this.timer);
      // A connection's frames build on each other: each is unpacked, also one that is not shown.
      before = unpack(new Uint8Array(data), before);
      this.listener.came(before);
    };
    socket.onclose = () => this.#end();
  }

  close() {
    this.triedAt = Infinity;
    this.listener = { came: () => {}, closed: () => {} };
    this.#end();
  }

  #end() {
    clearTimeout(this.timer);
    const { socket } = this;
    if (!socket) return;
    this.socket = null;
    socket.onclose = socket.onmessage = null;
    socket.close();
    this.listener.closed();
  }
}
