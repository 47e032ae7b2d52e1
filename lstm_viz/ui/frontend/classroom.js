/** The page of a class: join a room as a pupil, or open one as its teacher. */

import { closeOnceGone } from "./cleanup.js";
import { make } from "./elements.js";
import { loadStyles } from "./load_styles.js";
import { roomButton } from "./room_button.js";
import { joinedRoom, ledRoom } from "./room_memory.js";
import { PupilView, joinForm } from "./room_pupil.js";
import { TeacherView } from "./room_teacher.js";
import { readTheme, applyTheme, watchTheme } from "./theme.js";

const decoder = new TextDecoder();
const pages = new WeakMap();

/** Show the page; see `text_box.js`. */
export function show({ data, parentElement }, folder) {
  const root = parentElement.querySelector(".classroom");
  if (!pages.has(root)) pages.set(root, new Classroom(root, folder));
  if (data) pages.get(root).receive(JSON.parse(decoder.decode(data)));
  return closeOnceGone(root, () => close(root));
}

function close(root) {
  pages.get(root)?.view?.close();
  pages.delete(root);
}

class Classroom {
  constructor(root, folder) {
    this.root = root;
    this.folder = folder;
    /** @type {TeacherView | PupilView | null} */
    this.view = null;
    this.styled = Promise.all([loadStyles("classroom.css"), loadStyles("classroom_wall.css")]);
    watchTheme(root, () => this.#applyTheme());
  }

  async receive(header) {
    const first = !this.header;
    this.header = header;
    await this.styled;
    this.root.hidden = false;
    this.#applyTheme();
    if (first) this.#start();
  }

  #applyTheme() {
    if (!this.header) return;
    applyTheme(this.root, readTheme(this.root, this.header.palette));
    this.view?.draw();
  }

  /** Continue as the teacher or pupil that this browser was; otherwise show the start page. */
  #start() {
    const room = (new URL(location.href).searchParams.get("room") ?? "").replace(/\s/g, "").toUpperCase().slice(0, 10);
    const led = ledRoom();
    if (room && joinedRoom(room)) this.#join({ room, name: joinedRoom(room).name });
    else if (!room && led) this.#lead({ room: led.room, token: led.token });
    else this.#showStart({ room, name: "" }, "");
  }

  /** Show the form to join, filled in with who was refused, and why. */
  #showStart(who, message) {
    this.view = null;
    this.root.dataset.view = "start";
    const parts = [joinForm(who, message, (named) => this.#join(named))];
    // A pupil who came by the link has nothing to open.
    if (!new URL(location.href).searchParams.get("room")) {
      parts.push(
        make(
          "section.room-open", {},
          make("h2", { textContent: "Open a class" }),
          make("p", {
            textContent:
              "Your pupils join with a code on their phones and type. Every line appears on the wall as it is typed, " +
              "coloured by what a network does while it reads.",
          }),
          make("p.room-note", {
            textContent: "The wall can show only the app's networks. To show one that you trained or loaded yourself, present it on Explore.",
          }),
          roomButton("Open a class", () => this.#lead(null), { className: "room-button room-primary" }),
        ),
      );
    }
    this.root.replaceChildren(make("div.room-start", {}, ...parts));
  }

  #join(who) {
    this.root.dataset.view = "pupil";
    this.view = new PupilView(this.#newPage(), this.folder, this.header, who, (why) => this.#showStart(who, why));
  }

  #lead(known) {
    this.root.dataset.view = "teacher";
    this.view = new TeacherView(this.#newPage(), this.folder, this.header, known, (why) => this.#showStart({ room: "", name: "" }, why));
  }

  #newPage() {
    const page = make("div.room-page");
    this.root.replaceChildren(page);
    return page;
  }
}
