/** A dot for each lesson, where the reader was, and the progress in the browser's storage. */

import { STORED, isNews, load, mergeProgress, readProgress, save } from "./course_progress.js";
import { listen } from "./course_keys.js";

export class Bar {
  constructor(root) {
    this.root = root;
    this.dots = Object.assign(document.createElement("nav"), { className: "course-dots" });
    this.dots.setAttribute("aria-label", "Lessons");
    this.count = Object.assign(document.createElement("span"), { className: "course-count" });
    this.resume = Object.assign(document.createElement("button"), { type: "button", className: "course-resume", hidden: true });
    root.append(this.dots, this.count, this.resume);
    this.close = listen();
    this.told = false;
  }

  receive(header, send) {
    const { titles, lesson, step, steps, done, moved } = header;
    const stored = readProgress(load(STORED), titles.length);
    const now = { done, at: moved && lesson ? { lesson, step } : null, answers: header.answers };
    this.#draw(titles, lesson, step, steps, mergeProgress(stored, now).done, send);
    this.#offer(titles, moved ? null : stored.at, { lesson, step }, send);
    if (!this.told && isNews(stored, now)) send({ stored: { done: stored.done.join("."), answers: stored.answers } });
    this.told = true;
    if (moved) save(STORED, JSON.stringify(mergeProgress(stored, now)));
  }

  #draw(titles, lesson, step, steps, done, send) {
    while (this.dots.children.length < titles.length) this.dots.append(Object.assign(document.createElement("button"), { type: "button" }));
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
