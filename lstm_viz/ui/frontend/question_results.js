/** Results of the six questions before and after, as files without names, and a class's gain; pure. */

export const FORMAT = "lstm_viz six questions 1";
/** The most that is read of one file, in characters, and how many files. */
export const LARGEST = 10_000;
export const MOST_FILES = 200;

/** @typedef {{id: string, options: string[], right: number}} Question */

/**
 * Read stored answers, {before, after}: the text of an option for each question, or null where there is no full set. An answer
 * that no question offers any more is none.
 * @param {string | null} text
 * @param {Question[]} questions
 */
export function readAnswers(text, questions) {
  const nothing = { before: null, after: null };
  if (!text || text.length > LARGEST) return nothing;
  let stored;
  try {
    stored = JSON.parse(text);
  } catch {
    return nothing;
  }
  const full = (given) =>
    given !== null && typeof given === "object" &&
    questions.every(({ id, options }) => options.includes(given[id]))
      ? Object.fromEntries(questions.map(({ id }) => [id, given[id]]))
      : null;
  return { before: full(stored?.before ?? null), after: full(stored?.after ?? null) };
}

export const isRight = (question, answers) => answers[question.id] === question.options[question.right - 1];

/** How many of the answers are right. */
export function score(questions, answers) {
  return questions.filter((question) => isRight(question, answers)).length;
}

/** The file for a teacher: for each question whether it was right before and after; null where it was not answered. */
export function toFile(questions, { before, after }) {
  const wasRight = (question, answers) => (answers ? isRight(question, answers) : null);
  return JSON.stringify({
    format: FORMAT,
    answers: questions.map((question) => ({ id: question.id, before: wasRight(question, before), after: wasRight(question, after) })),
  });
}

/**
 * Read such a file. Throws Error with what is wrong.
 * @param {string} text
 * @param {Question[]} questions
 */
export function readFile(text, questions) {
  if (text.length > LARGEST) throw new Error("too large for a file of these questions");
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Error("not a file of these questions: it is not JSON");
  }
  if (content?.format !== FORMAT || !Array.isArray(content.answers)) throw new Error("not a file of these questions");
  const results = new Map();
  for (const each of content.answers) {
    if (!questions.some(({ id }) => id === each?.id)) continue;
    for (const when of ["before", "after"]) {
      if (each[when] !== null && typeof each[when] !== "boolean") throw new Error(`“${each.id}” has no true, false or null ${when}`);
    }
    results.set(each.id, { before: each.before, after: each.after });
  }
  return results;
}

/**
 * The share of right answers before and after, by question, over those who answered both times.
 * The gain is the share of what could still be gained, (after − before) / (1 − before) (Hake 1998); null where all was right before.
 * @param {Map<string, {before: boolean | null, after: boolean | null}>[]} pupils
 */
export function classGain(pupils, questions) {
  return questions.map(({ id }) => {
    const both = pupils.map((results) => results.get(id)).filter((each) => each && each.before !== null && each.after !== null);
    const share = (when) => (both.length ? both.filter((each) => each[when]).length / both.length : null);
    const [before, after] = [share("before"), share("after")];
    return { id, pupils: both.length, before, after, gain: before === null || before === 1 ? null : (after - before) / (1 - before) };
  });
}

/** The class's table as CSV. */
export function toTable(rows) {
  const written = (value) => (value === null ? "" : value.toFixed(3));
  const lines = rows.map(({ id, pupils, before, after, gain }) => [id, pupils, written(before), written(after), written(gain)].join(","));
  return ["question,pupils,right before,right after,gain", ...lines, ""].join("\r\n");
}
