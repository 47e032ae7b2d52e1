/** A dot for each lesson, where the reader was, and the progress in the browser's storage. */

import { browserStorage } from "./browser_storage.js";
import { listen } from "./course_keys.js";
import { STORED, isNews, mergeProgress, readProgress } from "./course_progress.js";
import { Turns, takeClicks } from "./course_turns.js";
import { make } from "./elements.js";

/** On a narrow screen a step begins below the dots, so that picture and question are in one view. */
const NARROW = "(max-width: 640px)";
/** How long an answer may take until it is drawn, in milliseconds. */
const DRAW_TIMEOUT = 4000;
/** When presses that the server has not followed are sent again, in milliseconds after they were sent. */
const RESEND = [2000, 4000, 8000];

/** The presses of this visit, also where the bar leaves the page and comes back. */
const turns = new Turns();

export class Bar {
  constructor(root) {
    this.root = root;
    this.dots = make("nav.course-dots", { "aria-label": "Lessons" });
    this.count = make("span.course-count");
    this.resume = make("button.course-resume", { type: "button", hidden: true });
    root.append(this.dots, this.count, this.resume);
    /** @type {((message: object) => void) | null} */
    this.send = null;
    this.resending = 0;
    const ends = [listen(), takeClicks((way) => this.#turn(way)), () => clearTimeout(this.resending)];
    this.close = () => ends.forEach((end) => end());
    this.hasSentStored = false;
    this.place = "";
    this.lesson = -1;
    this.revealed = true;
  }

  receive(header, send) {
    const { titles, lesson, step, steps, done, moved } = header;
    this.send = send;
    turns.acknowledge(header.turned);
    const stored = readProgress(browserStorage.read(STORED), titles.length);
    const now = { done, at: moved && lesson ? { lesson, step } : null, answers: header.answers };
    this.#draw(titles, lesson, step, steps, mergeProgress(stored, now).done, send);
    this.#offer(titles, moved ? null : stored.at, { lesson, step }, send);
    if (!this.hasSentStored && isNews(stored, now)) send({ stored: { done: stored.done.join("."), answers: stored.answers } });
    this.hasSentStored = true;
    this.#follow(`${lesson}.${step}`, header.revealed);
    if (moved) browserStorage.write(STORED, JSON.stringify(mergeProgress(stored, now)));
  }

  #turn(way) {
    if (!this.send) return;
    this.send(turns.press(way));
    clearTimeout(this.resending);
    this.#resendLater(0);
  }

  #resendLater(times) {
    if (times === RESEND.length) return;
    this.resending = setTimeout(() => {
      if (!turns.waiting) return;
      this.send(turns.message());
      this.#resendLater(times + 1);
    }, RESEND[times]);
  }

  /** Bring a new step, or the answer that has come, into view. */
  #follow(place, revealed) {
    const isNew = place !== this.place;
    // A lesson begins with its title, which comes with the step's drawing.
    if (isNew && this.place && matchMedia(NARROW).matches) {
      this.count.scrollIntoView({ block: "start" });
      if (place.endsWith(".1")) whenDrawn(place, (title) => title.scrollIntoView({ block: "start" }), ".st-key-lesson h1");
    }
    if (!isNew && revealed && !this.revealed) whenDrawn(place, showAnswer, ".st-key-lesson_reveal");
    this.place = place;
    this.revealed = revealed;
  }

  #draw(titles, lesson, step, steps, done, send) {
    while (this.dots.children.length < titles.length) this.dots.append(make("button", { type: "button" }));
    titles.forEach((title, index) => {
      const number = index + 1;
      const dot = /** @type {HTMLButtonElement} */ (this.dots.children[index]);
      const isDone = done.includes(number);
      dot.textContent = isDone && number !== lesson ? "✓" : String(number);
      dot.title = `${number}. ${title}${isDone ? " (done)" : ""}`;
      dot.setAttribute("aria-label", dot.title);
      dot.classList.toggle("course-done", isDone);
      if (number === lesson) dot.setAttribute("aria-current", "step");
      else dot.removeAttribute("aria-current");
      dot.onclick = () => send({ lesson: number, step: 1 });
    });
    if (lesson !== this.lesson) showMiddle(this.dots, this.dots.querySelector("[aria-current]"));
    this.lesson = lesson;
    this.count.textContent = `Step ${step} of ${steps}`;
    this.root.dataset.at = `${lesson}.${step}`;
  }

  /** Offer the place where the reader was, until they go anywhere. */
  #offer(titles, at, here, send) {
    const elsewhere = at && (at.lesson !== here.lesson || at.step !== here.step);
    this.resume.hidden = !elsewhere;
    if (!elsewhere) return;
    this.resume.textContent = `Where I was: lesson ${at.lesson}, step ${at.step}`;
    this.resume.title = titles[at.lesson - 1];
    this.resume.onclick = () => send(at);
  }
}

/** Act once this step is drawn, and the element is there, unless the reader has gone on. */
function whenDrawn(place, act, selector, until = Date.now() + DRAW_TIMEOUT) {
  if (document.querySelector("[data-at]")?.getAttribute("data-at") !== place || Date.now() > until) return;
  const settled = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]");
  const element = document.querySelector(selector);
  if (settled && element) act(element);
  else setTimeout(() => whenDrawn(place, act, selector, until), 100);
}

/** Scroll to the answer as far as it is out of view. */
function showAnswer(answer) {
  answer.scrollIntoView({ block: "nearest", behavior: "instant" });
}

/** Scroll a row that is wider than the screen so that this element is in its middle. */
function showMiddle(row, element) {
  if (element) row.scrollLeft = element.offsetLeft - (row.clientWidth - element.offsetWidth) / 2;
}
