/** A pupil's page: one text box, what the teacher shows, and the vote. */

import { make } from "./elements.js";
import { LatestLine } from "./latest_line.js";
import { put } from "./put.js";
import { roomButton } from "./room_button.js";
import { joinedRoom, keepJoined } from "./room_memory.js";
import { RoomSocket } from "./room_socket.js";
import { colourText, legend } from "./room_text.js";
import { ballot } from "./room_votes.js";
import { readTheme } from "./theme.js";

/** Longest line and longest name, in code points, as the server keeps them. */
const [MAX_LINE, MAX_NAME] = [200, 24];

export class PupilView {
  /**
   * @param {HTMLElement} root where the page is built
   * @param {URL} folder of the static files
   * @param {{palette: any}} header from Python
   * @param {{room: string, name: string}} who joins
   * @param {(why: string) => void} onOver called when the room has ended or refuses, with the reason
   */
  constructor(root, folder, header, { room, name }, onOver) {
    this.root = root;
    this.header = header;
    this.onOver = onOver;
    this.room = room;
    this.name = name;
    this.clears = 0;
    this.why = "";
    /** @type {any} what the teacher shows */
    this.shown = null;
    /** @type {{vote: number, picks: number[]} | null} the answer that the server has not confirmed yet */
    this.answer = null;
    this.line = new LatestLine((line, clears) => this.socket.send({ do: "line", line, clears }));
    this.#build();
    this.socket = new RoomSocket(
      folder,
      () => ({ do: "join", room: this.room, name: this.name, token: joinedRoom(this.room)?.token ?? "" }),
      {
        onMessage: (message) => this.#receive(message),
        onLost: () => put(this.status, "Connection lost. Trying again …"),
        onEnd: (ended) => this.#over(ended),
      },
    );
  }

  /** Draw again, in the theme of now. */
  draw() {
    if (this.shown) this.#show(this.shown);
  }

  close() {
    this.socket.close();
  }

  #build() {
    this.who = make("p.room-who");
    this.status = make("p.room-note", { role: "status", textContent: "Joining …" });
    this.vote = make("div");
    this.large = make("div");
    this.box = make("textarea", {
      id: "room-line",
      rows: 3,
      maxLength: 2 * MAX_LINE,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: false,
      dir: "auto",
      disabled: true,
      oninput: () => this.#typed(),
    });
    this.count = make("span.room-note");
    const label = make("label", { for: "room-line", textContent: "Your line on the wall" });
    this.root.replaceChildren(this.who, this.vote, make("div.room-write", {}, label, this.box, this.count), this.status, this.large);
  }

  #typed() {
    // The wall has lines of one row.
    const letters = [...this.box.value];
    if (letters.length > MAX_LINE) this.box.value = letters.slice(0, MAX_LINE).join("");
    put(this.count, `${Math.min(letters.length, MAX_LINE)} of ${MAX_LINE} letters`);
    this.line.offer(this.box.value, this.clears);
  }

  #receive(message) {
    if (message.type === "joined") this.#joined(message);
    else if (message.type === "shown") this.#show(message);
    else if (message.type === "refused") this.why = message.why;
    else if (message.type === "notice") put(this.status, message.why);
  }

  #joined({ room, token, number, name, line, clears }) {
    this.room = room;
    keepJoined({ room, token, name });
    this.who.replaceChildren(make("bdi", { textContent: name || `Pupil ${number}` }), ` in room ${room}`);
    put(this.status, "");
    const first = this.box.disabled;
    this.box.disabled = false;
    if (first) {
      this.clears = clears;
      this.box.value = line;
    }
    this.root.dataset.joined = String(number);
    this.line.repeat();
    if (this.answer) this.socket.send({ do: "answer", ...this.answer });
  }

  #show(message) {
    const theme = readTheme(this.root, this.header.palette);
    const before = this.shown;
    this.shown = message;
    const { vote } = message;
    if (this.answer && (vote?.id !== this.answer.vote || !vote.open || String(vote.mine) === String(this.answer.picks))) this.answer = null;
    if (message.clears !== this.clears) {
      this.clears = message.clears;
      this.box.value = "";
      put(this.count, "");
      this.line.forget();
    }
    if (before?.frozen !== message.frozen || before?.vote?.id !== message.vote?.id) {
      put(this.status, message.frozen ? "The wall is frozen. Your line follows later." : "");
    }
    this.#showLarge(message.large, theme);
    this.#showVote(message.vote, theme);
  }

  #showVote(vote, theme) {
    if (!vote) return this.vote.replaceChildren();
    const focused = [...this.vote.querySelectorAll("button")].indexOf(/** @type {any} */ (document.activeElement));
    // What waits to be sent is what the pupil has chosen.
    const shown = this.answer ? { ...vote, mine: this.answer.picks, waiting: true } : vote;
    this.vote.replaceChildren(ballot(shown, theme, (picks) => this.#answer(vote, picks)));
    // Who answers with the keyboard stays where they were.
    if (focused >= 0) this.vote.querySelectorAll("button")[focused]?.focus();
  }

  #answer(vote, picks) {
    // Shown at once; the server's next message says what counts. After a lost connection the answer is sent again.
    this.answer = { vote: vote.id, picks: [...picks].sort((a, b) => a - b) };
    this.socket.send({ do: "answer", ...this.answer });
    this.#showVote(vote, readTheme(this.root, this.header.palette));
  }

  #showLarge(large, theme) {
    if (!large) return this.large.replaceChildren();
    const text = make("p.room-large-text", { dir: "auto" });
    colourText(text, large, large.scale, theme);
    this.large.replaceChildren(
      make("section.room-large", {}, make("h2", {}, "On the wall: ", make("bdi", { textContent: large.name })), text, legend(large.scale, theme)),
    );
  }

  #over(ended) {
    keepJoined(null);
    this.onOver(ended ? "The class is over." : this.why || "The server did not understand this page. Reload it.");
  }
}

/** Build the form to join, filled in with {room, name}, and a message below it; `join` takes the same. */
export function joinForm(who, message, join) {
  const code = make("input", {
    id: "room-code", value: who.room, maxLength: 10, autocomplete: "off", autocapitalize: "characters", spellcheck: false, required: true,
  });
  const name = make("input", { id: "room-name", value: who.name, maxLength: MAX_NAME, autocomplete: "off", placeholder: "optional" });
  const form = make(
    "form.room-join",
    {
      onsubmit: (event) => {
        event.preventDefault();
        join({ room: code.value.replace(/\s/g, "").toUpperCase(), name: name.value });
      },
    },
    make("h2", { textContent: "Join a class" }),
    make("label", { for: "room-code", textContent: "Code on the wall" }),
    code,
    make("label", { for: "room-name", textContent: "Your nickname" }),
    name,
    roomButton("Join", null, { type: "submit", className: "room-button room-primary" }),
    make("p.room-refusal", { role: "alert", textContent: message }),
  );
  return form;
}
