/** A teacher's page: the code, the choices, the wall and the vote. */

import { make } from "./elements.js";
import { put } from "./put.js";
import { roomButton } from "./room_button.js";
import { keepLed } from "./room_memory.js";
import { RoomSocket } from "./room_socket.js";
import { legend } from "./room_text.js";
import { outcome, question } from "./room_votes.js";
import { Wall, bigPicture } from "./room_wall.js";
import { readTheme } from "./theme.js";

const SORTS = { joined: "by arrival", typed: "latest first", surprise: "most surprising first", value: "highest value first" };

export class TeacherView {
  /**
   * @param {HTMLElement} root where the page is built
   * @param {URL} folder of the static files
   * @param {any} header from Python: networks and palette
   * @param {{room: string, token: string} | null} known the room of this browser; null opens one
   * @param {(why: string) => void} onOver called when the room has ended or refuses, with the reason
   */
  constructor(root, folder, header, known, onOver) {
    this.root = root;
    this.header = header;
    this.known = known;
    this.onOver = onOver;
    this.why = "";
    /** @type {any} the last message of the wall */
    this.latest = null;
    /** @type {boolean | undefined} whether the teacher wants to see how to join; undefined before the first click */
    this.invitationShown = undefined;
    this.#build();
    this.socket = new RoomSocket(folder, () => (this.known ? { do: "lead", ...this.known } : { do: "open" }), {
      onMessage: (message) => this.#receive(message),
      onLost: () => put(this.status, "Connection lost. Trying again …"),
      onEnd: (ended) => this.#over(ended),
    });
  }

  /** Draw again, in the theme of now. */
  draw() {
    if (this.latest) this.#show(this.latest, true);
  }

  close() {
    this.socket.close();
  }

  #send(message) {
    // What was said about the step before is over.
    put(this.status, this.socket.send(message) ? "" : "Not connected. Trying again …");
  }

  #choice(label, name, options) {
    const field = make("select", { "aria-label": label, onchange: () => this.#send({ do: "choose", [name]: name === "layer" ? Number(field.value) : field.value }) });
    for (const [value, text] of Object.entries(options)) field.append(make("option", { value, textContent: text }));
    return field;
  }

  #build() {
    const networks = Object.fromEntries(this.header.networks.map(({ id, title }) => [id, title]));
    this.code = make("strong.room-code");
    this.here = make("span.room-here", { role: "status" });
    this.status = make("p.room-note", { role: "status" });
    this.fields = {
      model: this.#choice("Network", "model", networks),
      colour: this.#choice("Colour by", "colour", {}),
      layer: this.#choice("Layer", "layer", {}),
      sort: this.#choice("Order", "sort", SORTS),
      unit: make("input", {
        type: "number", min: 0, "aria-label": "Unit",
        onchange: () => this.#send({ do: "choose", unit: Math.max(0, Math.round(Number(this.fields.unit.value)) || 0) }),
      }),
    };
    const toggle = (text, name) => roomButton(text, () => this.#send({ do: "choose", [name]: !this.latest?.room[name] }), { "aria-pressed": "false" });
    this.moderated = toggle("Hide until I show", "moderated");
    this.frozen = toggle("Freeze", "frozen");
    // A class may be on several processes, and only one of them knows a network of one's own.
    this.fields.model.append(make("option", { disabled: true, textContent: "(Your own networks cannot be shown here)" }));
    this.fields.model.title = "Only your tab knows a network that you trained or loaded: the wall can show only the app's networks.";
    this.joining = roomButton("How to join", () => this.#toggleInvitation(), { "aria-expanded": "true" });
    this.asking = roomButton("Vote", () => (this.ask.hidden = !this.ask.hidden));
    const bar = make(
      "div.room-bar-top", {},
      make("span.room-where", {}, "Room ", this.code), this.here, this.joining,
      this.fields.model, this.fields.colour, this.fields.layer, this.fields.unit, this.fields.sort,
      this.moderated, this.frozen,
      roomButton("Clear", () => this.#send({ do: "clear" })), this.asking,
      roomButton("End the class", () => confirm("End the class? All lines and votes are deleted.") && this.#send({ do: "end" })),
    );
    this.invitation = make("section.room-invitation", { "aria-label": "How to join" });
    this.ask = this.#askForm();
    this.vote = make("section.room-vote", { hidden: true, "aria-label": "Vote" });
    this.picture = make("div");
    this.scale = make("div.room-head");
    this.cards = make("div.room-wall", { role: "group", "aria-label": "Wall" });
    this.wall = new Wall(this.cards, {
      enlarge: (member) => this.#send({ do: "choose", spotlight: member }),
      show: (member, shown) => this.#send({ do: "show", member, shown }),
    });
    // What the presenter view shows: everything but the controls.
    const stage = make("div.room-stage", { "data-picture": "The wall" }, this.invitation, this.vote, this.picture, this.scale, this.cards);
    this.root.replaceChildren(bar, this.status, this.ask, stage);
  }

  #askForm() {
    const text = make("input", { id: "room-ask", maxLength: 80, value: "To be, or not to be", dir: "auto", autocomplete: "off" });
    const sentences = { tap: "To be, or not to be", choice: "The film is not good." };
    // The example of the other question is replaced; the teacher's own text stays.
    const follow = () => Object.values(sentences).includes(text.value) && (text.value = sentences[kind.value]);
    const tap = make("option", { value: "tap" });
    const kind = make("select", { "aria-label": "Question", onchange: follow }, tap, make("option", { value: "choice", textContent: "Positive or negative?" }));
    /** Ask about the gate that the network has; a plain RNN has none. */
    this.askAbout = (gate) => {
      put(tap, gate ? `Where will the ${gate} shut?` : "Where will a gate shut? (A plain RNN has none.)");
      tap.disabled = !gate;
      if (gate || kind.value !== "tap") return;
      kind.value = "choice";
      follow();
    };
    const form = make(
      "form.room-ask",
      {
        hidden: true,
        onsubmit: (event) => {
          event.preventDefault();
          this.#send({ do: "ask", kind: kind.value, text: text.value });
        },
      },
      kind, make("label", { for: "room-ask", textContent: "about" }), text, roomButton("Ask the class", null, { type: "submit", className: "room-button room-primary" }),
    );
    return form;
  }

  #receive(message) {
    if (message.type === "leading") this.#leading(message);
    else if (message.type === "wall") this.#show(message, false);
    else if (message.type === "refused") this.why = message.why;
    else if (message.type === "notice") put(this.status, message.why);
  }

  #leading({ room, token, link, qr }) {
    this.known = { room, token };
    keepLed(this.known);
    put(this.code, room);
    put(this.status, "");
    this.wall.cards.clear();
    this.cards.replaceChildren();
    this.invitation.replaceChildren(
      drawCode(qr, link),
      make(
        "div", {},
        make("p.room-code-large", { textContent: room }),
        make("p.room-link", { textContent: link }),
        make("p.room-note", { textContent: "Scan the picture or open the link. A nickname is not needed." }),
      ),
    );
    this.root.dataset.room = room;
  }

  #toggleInvitation() {
    this.invitationShown = this.invitation.hidden;
    this.#placeInvitation();
  }

  /** Shown large until the first pupil is here, then on request. */
  #placeInvitation() {
    const shown = this.invitationShown ?? !(this.latest?.order.length > 0);
    this.invitation.hidden = !shown;
    this.joining.setAttribute("aria-expanded", String(shown));
  }

  #show(message, all) {
    const theme = readTheme(this.root, this.header.palette);
    const before = this.latest;
    const { room, scale, vote } = message;
    this.latest = message;
    put(this.here, message.here === 1 ? "1 is here" : `${message.here} are here`);
    if (before?.room.moderated !== room.moderated) this.moderated.setAttribute("aria-pressed", String(room.moderated));
    if (before?.room.frozen !== room.frozen) this.frozen.setAttribute("aria-pressed", String(room.frozen));
    const network = this.header.networks.find(({ id }) => id === room.model) ?? this.header.networks[0];
    this.#fill(room, network);
    const changed = JSON.stringify(before?.scale) !== JSON.stringify(scale);
    this.wall.receive(message, theme, all || changed);
    if (all || changed) this.scale.replaceChildren(legend(scale, theme), make("p.room-corner", { textContent: `Room ${this.known.room}` }));
    this.#placeInvitation();
    const card = room.spotlight ? this.wall.get(room.spotlight) : null;
    if (card?.shown && card.tokens.length) {
      if (all || changed || this.drawn !== card) {
        this.picture.replaceChildren(bigPicture(card, scale, theme, () => this.#send({ do: "choose", spotlight: 0 })));
      }
      this.drawn = card;
    } else if (this.drawn) {
      this.picture.replaceChildren();
      this.drawn = null;
    }
    this.#showVote(vote, message.here, theme, all);
    this.cards.hidden = this.picture.hidden = Boolean(vote);
    this.scale.hidden = Boolean(vote) || !message.order.length;
    this.root.dataset.cards = String(message.order.length);
    this.cards.dataset.crowd = crowd(message.order.length);
  }

  /** Fill the controls with the room's choices; what is being changed now is left alone. */
  #fill(room, network) {
    const { model, colour, layer, unit, sort } = this.fields;
    if (this.filled !== network.id) {
      this.filled = network.id;
      colour.replaceChildren(...network.colours.map(([value, textContent]) => make("option", { value, textContent })));
      layer.replaceChildren(...Array.from({ length: network.layers }, (_, index) => make("option", { value: String(index), textContent: `layer ${index + 1}` })));
      unit.max = network.units - 1;
      this.askAbout(network.gate);
    }
    for (const [name, field] of Object.entries({ model, colour, layer, unit, sort })) {
      if (document.activeElement !== field && field.value !== String(room[name])) field.value = String(room[name]);
    }
    layer.hidden = network.layers < 2 || !room.colour.includes(".");
    unit.hidden = !room.colour.startsWith("unit.");
  }

  #showVote(vote, here, theme, all) {
    const key = JSON.stringify([vote, vote && here]);
    if (!all && key === this.voteKey) return;
    this.voteKey = key;
    this.vote.hidden = !vote;
    if (!vote) return;
    // The form stays until its vote is there: the server may refuse the text.
    if (vote.id !== this.voteId) this.ask.hidden = true;
    this.voteId = vote.id;
    const { voters } = vote.result;
    const count = make("p.room-right", { role: "status", textContent: `${voters} of ${here} have answered` });
    const parts = [make("h2", { textContent: question(vote) })];
    if (vote.kind === "choice" || vote.open) parts.push(make("p.room-quote", { dir: "auto", textContent: vote.text }));
    if (!vote.revealed) parts.push(count);
    // The class's answers stay hidden while it answers: nobody follows the others.
    if (!vote.open) parts.push(...outcome(vote, theme));
    const acts = [];
    if (vote.open) acts.push(roomButton("Close and show the class's answers", () => this.#send({ do: "close" }), { className: "room-button room-primary" }));
    if (!vote.revealed) acts.push(roomButton("Reveal what the network does", () => this.#send({ do: "reveal" }), vote.open ? {} : { className: "room-button room-primary" }));
    acts.push(roomButton("Back to the wall", () => this.#send({ do: "done" })));
    this.vote.replaceChildren(...parts, make("div.room-options", {}, ...acts));
  }

  #over(ended) {
    keepLed(null);
    this.onOver(ended ? "The class has ended. All lines and votes are deleted." : this.why || "The server did not understand this page. Reload it.");
  }
}

/** Return how crowded a wall of so many cards is: beyond 30 they become narrower, beyond 40 lower too, so that all are in view. */
function crowd(count) {
  return count > 40 ? "most" : count > 30 ? "more" : "";
}

/** Draw a QR code, black on white with its quiet zone of four modules (ISO/IEC 18004). */
function drawCode(rows, link) {
  const size = rows.length + 8;
  const canvas = make("canvas.room-qr", { width: size, height: size, role: "img", "aria-label": `QR code of ${link}` });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size, size);
  context.fillStyle = "#000";
  rows.forEach((row, y) => [...row].forEach((dot, x) => dot === "1" && context.fillRect(x + 4, y + 4, 1, 1)));
  return canvas;
}
