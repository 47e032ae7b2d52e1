/** The text area: reports every keystroke, ignores drafts of an input method, and selects the step at the caret. */

/** Return the step before the caret; without spans, one step is one code point. */
function stepBeforeCaret(area, spans) {
  const signs = [...area.value.slice(0, area.selectionEnd)].length;
  const step = spans ? spans.findLastIndex(([start]) => start < signs) : signs - 1;
  return Math.max(0, step);
}

export class TextInput {
  /**
   * @param {HTMLTextAreaElement} area
   * @param {{typed: (text: string, step: number) => void, moved: (step: number) => void}} listener receives a new text and its step,
   *   −1 for the last, and the step of a caret that moved in a text that has been read
   */
  constructor(area, { typed, moved }) {
    this.area = area;
    this.least = area.rows;
    this.length = 0;
    this.composing = false;
    this.shown = { text: null, step: 0, steps: 0, spans: null };
    const report = () => {
      typed(area.value, this.#stepOfTyping());
      // Laid out after the message is sent.
      this.#grow();
    };
    // While an input method composes, the text holds unconfirmed drafts.
    area.addEventListener("input", (event) => event.isComposing || this.composing || report());
    area.addEventListener("compositionstart", () => (this.composing = true));
    area.addEventListener("compositionend", () => {
      this.composing = false;
      report();
    });
    this.followCaret = () => {
      const { text, step, steps, spans } = this.shown;
      // A caret that moved because of typing is already reported, and its step may not be read yet.
      if (document.activeElement !== area || this.composing || area.value !== text) return;
      const chosen = Math.min(stepBeforeCaret(area, spans), steps - 1);
      if (chosen !== step && chosen >= 0) moved(chosen);
    };
    document.addEventListener("selectionchange", this.followCaret);
  }

  /** Replace the text of the area; only if Python set it. */
  write(text) {
    this.area.value = text;
    this.#grow();
  }

  /** Record the frame on screen and its selected step; null if none can be selected. */
  note({ text, steps, spans }, step) {
    this.shown = { text, step, steps: step === null ? 0 : steps, spans };
    if (!this.guessed || text !== this.area.value) return;
    this.guessed = false;
    // After this frame is drawn, because the listener may draw and record again.
    queueMicrotask(this.followCaret);
  }

  close() {
    document.removeEventListener("selectionchange", this.followCaret);
  }

  /** Return the step of the last typed character. Only Python knows the word boundaries: inside a text the last frame's are used. */
  #stepOfTyping() {
    const { area } = this;
    const { spans } = this.shown;
    if (!spans) return stepBeforeCaret(area, null);
    this.guessed = area.selectionEnd < area.value.length;
    return this.guessed ? stepBeforeCaret(area, spans) : -1;
  }

  /** Set the number of rows: at least those of the page's HTML, and up to three more. */
  #grow() {
    const { area } = this;
    const { length } = area.value;
    // A longer text never needs fewer rows; measuring makes the browser lay out the whole page.
    if (length <= this.length && area.rows !== this.least) area.rows = this.least;
    this.length = length;
    while (area.rows < this.least + 3 && area.scrollHeight > area.clientHeight + 2) area.rows += 1;
  }
}
