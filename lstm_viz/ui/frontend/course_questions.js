/** The six questions: asked before and after, answers in the browser's storage, a file without names, and a class's gain. */

import { browserStorage } from "./browser_storage.js";
import { make } from "./elements.js";
import { LARGEST, MOST_FILES, classGain, isRight, readAnswers, readFile, score, toFile, toTable } from "./question_results.js";

const STORED = "lstm_viz questions";
const TITLES = { before: "Before the course", after: "After the course" };

const percent = (share) => (share === null ? "–" : `${Math.round(100 * share)}%`);

export class Questions {
  constructor(root) {
    this.root = root;
    this.pupils = [];
  }

  receive({ questions }) {
    if (this.questions) return;
    this.questions = questions;
    this.#draw();
  }

  close() {}

  #draw() {
    const { questions } = this;
    const answers = readAnswers(browserStorage.read(STORED), questions);
    const open = !answers.before ? "before" : !answers.after ? "after" : null;
    this.root.replaceChildren(
      ...(answers.before ? [this.#results(answers)] : []),
      ...(open ? [this.#form(open, answers)] : []),
      this.#buttons(answers),
      this.#teacher(),
    );
    this.root.dataset.open = open ?? "none";
  }

  #form(when, answers) {
    const send = make("button", { type: "submit", className: "course-send", textContent: `Done: ${TITLES[when].toLowerCase()}` });
    const asked = this.questions.map((question, number) => ask(question, number, when));
    const form = make("form", { className: "course-form" }, make("h2", { textContent: TITLES[when] }), ...asked, send);
    form.onsubmit = (event) => {
      event.preventDefault();
      const chosen = new FormData(form);
      const given = Object.fromEntries(this.questions.map(({ id }) => [id, chosen.get(id)]));
      browserStorage.write(STORED, JSON.stringify({ ...answers, [when]: given }));
      this.#draw();
      this.root.scrollIntoView();
    };
    if (when === "after") {
      return make("details", {}, make("summary", { textContent: "After the course: answer the six questions once more" }), form);
    }
    return form;
  }

  /** Right and wrong, question by question; only after both times, so that the second time is no test of memory. */
  #results(answers) {
    const { questions } = this;
    const all = questions.length;
    const before = `Before: ${score(questions, answers.before)} of ${all} right.`;
    if (!answers.after) return make("p", { className: "course-result", textContent: `${before} After the course you see which ones.` });
    const mark = (question, given) => (isRight(question, given) ? "✓" : "✗");
    const rows = questions.map((question) => make("tr", {},
      make("td", {}, make("span", { textContent: question.ask }), make("small", { textContent: `Right: ${question.options[question.right - 1]}.` })),
      make("td", { textContent: mark(question, answers.before) }), make("td", { textContent: mark(question, answers.after) })));
    return make("div", {},
      make("p", { className: "course-result", textContent: `${before} After: ${score(questions, answers.after)} of ${all} right.` }),
      table(["Question", "Before", "After"], rows));
  }

  #buttons(answers) {
    const row = make("p", { className: "course-row" });
    if (answers.before) {
      row.append(download("Download for the teacher (no name in it)", "six-questions.json", () => toFile(this.questions, answers)));
      const forget = make("button", { type: "button", textContent: "Forget my answers" });
      forget.onclick = () => {
        if (!confirm("Forget your answers in this browser?")) return;
        browserStorage.write(STORED, "{}");
        this.#draw();
      };
      row.append(forget);
    }
    return row;
  }

  #teacher() {
    const status = make("p", { role: "status" });
    const shown = make("div");
    const input = make("input", { type: "file", multiple: true, accept: ".json,application/json" });
    input.setAttribute("aria-label", "Files of the class");
    input.onchange = async () => {
      const refused = await this.#take([...input.files]);
      input.value = "";
      const more = refused.length > 5 ? [`… and ${refused.length - 5} more.`] : [];
      status.textContent = [`Files read: ${this.pupils.length}.`, ...refused.slice(0, 5), ...more].join(" ");
      const rows = classGain(this.pupils, this.questions);
      shown.replaceChildren(this.#class(rows), download("Download the table (.csv)", "class-gain.csv", () => toTable(rows)));
    };
    return make("details", { className: "course-teacher" },
      make("summary", { textContent: "For teachers: what the class has gained" }),
      make("p", {
        textContent:
          "Each pupil downloads a small file after the course: question, right before, right after, no name. " +
          "Choose all of them here; they are read in this browser and sent nowhere.",
      }),
      input, status, shown);
  }

  /** Read files; return what was refused and why. */
  async #take(files) {
    const refused = [];
    for (const file of files) {
      if (this.pupils.length >= MOST_FILES) refused.push(`${file.name}: at most ${MOST_FILES} files.`);
      else if (file.size > LARGEST) refused.push(`${file.name}: too large for a file of these questions.`);
      else {
        try {
          this.pupils.push(readFile(await file.text(), this.questions));
        } catch (error) {
          refused.push(`${file.name}: ${error.message}.`);
        }
      }
    }
    return refused;
  }

  #class(rows) {
    const cells = rows.map(({ pupils, before, after, gain }, number) => {
      const texts = [this.questions[number].ask, String(pupils), percent(before), percent(after), percent(gain)];
      return make("tr", {}, ...texts.map((textContent) => make("td", { textContent })));
    });
    return make("div", {}, table(["Question", "Pupils", "Right before", "Right after", "Gain"], cells),
      make("p", {
        textContent:
          "Gain: the share of the possible improvement that was reached: (after − before) / (100% − before), as in Hake 1998.",
      }));
  }
}

function ask({ id, ask, options }, number, when) {
  const choices = options.map((option, index) => make("label", {},
    make("input", { type: "radio", name: id, value: option, required: true, id: `${when}-${id}-${index}` }),
    make("span", { textContent: option })));
  return make("fieldset", {}, make("legend", { textContent: `${number + 1}. ${ask}` }), ...choices);
}

function table(titles, rows) {
  const head = make("tr", {}, ...titles.map((textContent) => make("th", { textContent, scope: "col" })));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
}

function download(title, name, content) {
  const button = make("button", { type: "button", textContent: title });
  button.onclick = () => {
    const href = URL.createObjectURL(new Blob([content()], { type: "text/plain" }));
    make("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  };
  return button;
}
