/**
 * The text area: every keystroke is told of, drafts of an input method are not, and the caret chooses the step.
 */

/** The step whose symbol stands before the caret: where no spans say otherwise, one step is one code point. */
function stepBeforeCaret(area, spans) {
  const signs = [...area.value.slice(0, area.selectionEnd)].length;
  const step = spans ? spans.findLastIndex(([start]) => start < signs) : signs - 1;
  return Math.max(0, step);
}

export class TextInput {
  /**
   * @param {HTMLTextAreaElement} area
   * @param {{typed: (text: string, step: number) => void, moved: (step: number) => void}} listener told of a new text and
   *   its step, −1 for the last, and of a caret that moved in a text that has been read
   */
  constructor(area, { typed, moved }) {
    this.area = area;
    this.least = area.rows;
    this.length = 0;
    this.composing = false;
    this.shown = { text: null, step: 0, steps: 0, spans: null };
    const tell = () => {
      typed(area.value, this.#stepOfTyping());
      // Python is on its way by then.
      this.#grow();
    };
    // While an input method composes, the text holds drafts that nobody has written yet.
    area.addEventListener("input", (event) => event.isComposing || this.composing || tell());
    area.addEventListener("compositionstart", () => (this.composing = true));
    area.addEventListener("compositionend", () => {
      this.composing = false;
      tell();
    });
    this.followCaret = () => {
      const { text, step, steps, spans } = this.shown;
      // A caret that moved because of typing has been told of already, and its step may not be read yet.
      if (document.activeElement !== area || this.composing || area.value !== text) return;
      const chosen = Math.min(stepBeforeCaret(area, spans), steps - 1);
      if (chosen !== step && chosen >= 0) moved(chosen);
    };
    document.addEventListener("selectionchange", this.followCaret);
  }

  /** Replace what stands in the area; only where Python itself set the text. */
  write(text) {
    this.area.value = text;
    this.#grow();
  }

  /** Note which frame is on the screen, and the step chosen in it; null where none can be. */
  note({ text, steps, spans }, step) {
    this.shown = { text, step, steps: step === null ? 0 : steps, spans };
    if (!this.guessed || text !== this.area.value) return;
    this.guessed = false;
    // Once this frame is drawn: what is told now is drawn at once, and may be noted again.
    queueMicrotask(this.followCaret);
  }

  close() {
    document.removeEventListener("selectionchange", this.followCaret);
  }

  /** The step of what was just typed. Where words end only Python knows: inside a text the last frame's are a first guess. */
  #stepOfTyping() {
    const { area } = this;
    const { spans } = this.shown;
    if (!spans) return stepBeforeCaret(area, null);
    this.guessed = area.selectionEnd < area.value.length;
    return this.guessed ? stepBeforeCaret(area, spans) : -1;
  }

  /** As many rows as the text needs: at least those of the page's own HTML, and up to three more. */
  #grow() {
    const { area } = this;
    const { length } = area.value;
    // A text that became longer needs no fewer rows; to find out, the browser lays out the whole page each time.
    if (length <= this.length && area.rows !== this.least) area.rows = this.least;
    this.length = length;
    while (area.rows < this.least + 3 && area.scrollHeight > area.clientHeight + 2) area.rows += 1;
  }
}
