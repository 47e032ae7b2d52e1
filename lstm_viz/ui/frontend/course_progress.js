/** The reader's progress in the course, as it is stored in the browser; pure. */

export const STORED = "lstm_viz course";
/** The most of it that is read, in characters. */
const LONGEST = 60_000;

/** @typedef {{done: number[], at: {lesson: number, step: number} | null, answers: Record<string, string | number[]>}} Progress */

/** @returns {Progress} */
export const nothing = () => ({ done: [], at: null, answers: {} });

const whole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;

/**
 * Read what is stored; whatever makes no sense is left out.
 * @param {string | null} text
 * @param {number} lessons how many there are
 */
export function readProgress(text, lessons) {
  const found = nothing();
  if (!text || text.length > LONGEST) return found;
  let stored;
  try {
    stored = JSON.parse(text);
  } catch {
    return found;
  }
  if (stored === null || typeof stored !== "object") return found;
  if (Array.isArray(stored.done)) found.done = ordered(stored.done.filter((lesson) => whole(lesson, 1, lessons)));
  const { lesson, step } = stored.at ?? {};
  if (whole(lesson, 1, lessons) && whole(step, 1, 12)) found.at = { lesson, step };
  for (const [key, answer] of Object.entries(stored.answers ?? {})) {
    // An answer belongs to a question by a digest of it: what was stored by the question's place is left out.
    if (/^[a-z0-9-]{1,30}\.[0-9a-f]{8}$/.test(key) && isAnswer(answer)) found.answers[key] = answer;
  }
  return found;
}

function isAnswer(answer) {
  if (Array.isArray(answer)) return answer.length <= 100 && answer.every((value) => Number.isFinite(value));
  return typeof answer === "string" && answer.length <= 200;
}

const ordered = (lessons) => [...new Set(lessons)].sort((a, b) => a - b);

/**
 * Merge what is stored with what the page says now; the page counts for more.
 * @param {Progress} stored
 * @param {Progress} now
 * @returns {Progress}
 */
export function mergeProgress(stored, now) {
  return { done: ordered([...stored.done, ...now.done]), at: now.at ?? stored.at, answers: { ...stored.answers, ...now.answers } };
}

/** Whether the storage knows anything that the page does not. */
export function isNews(stored, now) {
  return stored.done.some((lesson) => !now.done.includes(lesson)) || Object.keys(stored.answers).some((key) => !(key in now.answers));
}
