/** The class's WebSocket: says who this browser is, and comes back by itself. See components/classroom/PROTOCOL.md. */

import { socketUrl } from "./server_url.js";

/** Milliseconds until the next attempt: first, most. */
const RETRY = { first: 500, most: 5000 };

/** Close codes after which it is useless to come back: an invalid or too long message, refused, ended. */
const FINAL = new Set([1008, 1009, 4403, 4404]);
const ENDED = 4404;

export class RoomSocket {
  /**
   * @param {URL} folder of the static files
   * @param {() => object} hello returns the first message of each connection
   * @param {{onMessage: (message: any) => void, onLost: () => void, onEnd: (ended: boolean) => void}} listener receives messages, that
   *   the connection is lost and will be tried again, and that it is over: true if the room has ended
   */
  constructor(folder, hello, listener) {
    this.address = socketUrl("room", folder);
    this.hello = hello;
    this.listener = listener;
    this.wait = RETRY.first;
    this.timer = 0;
    this.closed = false;
    this.#open();
  }

  /** Send a message; returns false if the connection is not open. */
  send(message) {
    if (this.closed || this.socket?.readyState !== WebSocket.OPEN || !this.welcome) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  #open() {
    const socket = (this.socket = new WebSocket(this.address));
    this.welcome = false;
    socket.onopen = () => socket.send(JSON.stringify(this.hello()));
    socket.onmessage = ({ data }) => {
      if (this.closed) return;
      this.welcome = true;
      this.wait = RETRY.first;
      this.listener.onMessage(JSON.parse(data));
    };
    socket.onclose = ({ code }) => {
      if (this.closed) return;
      if (FINAL.has(code)) {
        this.closed = true;
        this.listener.onEnd(code === ENDED);
        return;
      }
      this.listener.onLost();
      // Thirty browsers that lost the same server do not come back in the same moment.
      this.timer = setTimeout(() => this.#open(), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(2 * this.wait, RETRY.most);
    };
  }
}
