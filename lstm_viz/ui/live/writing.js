/**
 * The text area: every keystroke is told of, drafts of an input method are not, and the caret chooses the step.
 */

/** The step whose symbol stands before the caret: one step is one code point, not one UTF-16 unit. */
function stepBeforeCaret(area) {
  return Math.max(0, [...area.value.slice(0, area.selectionEnd)].length - 1);
}

export class Writing {
  /**
   * @param {HTMLTextAreaElement} area
   * @param {{typed: (text: string, step: number) => void, moved: (step: number) => void}} listener told of a new text, and
   *   of a caret that moved in a text that has been read
   */
  constructor(area, { typed, moved }) {
    this.area = area;
    this.composing = false;
    this.shown = { text: null, step: 0, steps: 0 };
    const tell = () => {
      this.#grow();
      typed(area.value, stepBeforeCaret(area));
    };
    // While an input method composes, the text holds drafts that nobody has written yet.
    area.addEventListener("input", (event) => event.isComposing || this.composing || tell());
    area.addEventListener("compositionstart", () => (this.composing = true));
    area.addEventListener("compositionend", () => {
      this.composing = false;
      tell();
    });
    this.followCaret = () => {
      const { text, step, steps } = this.shown;
      // A caret that moved because of typing has been told of already, and its step may not be read yet.
      if (document.activeElement !== area || this.composing || area.value !== text) return;
      const chosen = Math.min(stepBeforeCaret(area), steps - 1);
      if (chosen !== step && chosen >= 0) moved(chosen);
    };
    document.addEventListener("selectionchange", this.followCaret);
  }

  /** Replace what stands in the area; only where Python itself set the text. */
  write(text) {
    this.area.value = text;
    this.#grow();
  }

  /** Note which text is on the screen, and the step chosen in it. */
  note(text, step, steps) {
    this.shown = { text, step, steps };
  }

  close() {
    document.removeEventListener("selectionchange", this.followCaret);
  }

  /** As many rows as the text needs, two to five. */
  #grow() {
    const { area } = this;
    area.rows = 2;
    while (area.rows < 5 && area.scrollHeight > area.clientHeight + 2) area.rows += 1;
  }
}
