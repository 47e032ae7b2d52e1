/**
 * Painting the text as a chart: each symbol in its place, on the colour of the chosen quantity.
 */

import { columnWidth, place, visible } from "./chart_layout.js";

export function paintLetters(brush, scene, row) {
  const { frame, plan, range, theme, step } = scene;
  const { tint } = frame;
  const width = columnWidth(plan, range);
  const scale = tint.signed ? theme.diverging : theme.sequential;
  const gap = width > 7 ? 1 : 0;
  const words = frame.reads === "words";
  const size = words ? 15 : Math.min(18, width * 1.25);
  brush.font = `${size}px ${words ? theme.font : theme.code}`;
  brush.textAlign = "center";
  brush.textBaseline = "middle";
  const [first, last] = visible(scene);
  for (let t = first; t <= last; t++) {
    const value = frame.blocks.tint.values[t];
    const colour = scale.place((value - tint.low) / (tint.high - tint.low));
    const left = place(plan, range, t) - width / 2;
    const empty = Number.isNaN(value);
    brush.fillStyle = empty ? theme.surface : scale.css[colour];
    brush.fillRect(left + gap / 2, row.top, width - gap, row.height);
    const ink = empty ? theme.text : scale.inks[colour];
    if (frame.unknown.includes(t)) paintHatching(brush, left, row, width, ink);
    // Below this size a letter is a smudge; the colours go on telling.
    if (words || size >= 6) {
      brush.fillStyle = ink;
      const written = words ? fitted(brush, theme.font, frame.tokens[t], width - 4) : frame.tokens[t];
      brush.fillText(written, left + width / 2, row.top + row.height / 2 + 1);
    }
    if (t === step) {
      brush.strokeStyle = theme.text;
      brush.lineWidth = 2;
      brush.strokeRect(left + 0.5, row.top + 1, width - 1, row.height - 2);
    }
  }
}

/** Set the largest type in which a word fits, and return the word, shortened where even the smallest is too large. */
function fitted(brush, font, word, room) {
  for (const size of [15, 13.5, 12, 11, 10]) {
    brush.font = `${size}px ${font}`;
    if (brush.measureText(word).width <= room) return word;
  }
  // A word longer than this is no word that could be shown in part; measuring it over and over would take its time.
  for (let kept = Math.min(word.length, 24) - 1; kept > 0; kept--) {
    const part = `${word.slice(0, kept)}…`;
    if (brush.measureText(part).width <= room) return part;
  }
  return "…";
}

/** Mark a symbol that the model never saw. */
function paintHatching(brush, left, row, width, ink) {
  brush.save();
  brush.beginPath();
  brush.rect(left + 1, row.top, width - 2, row.height);
  brush.clip();
  brush.strokeStyle = ink;
  brush.globalAlpha = 0.45;
  brush.lineWidth = 1;
  brush.beginPath();
  for (let x = left - row.height; x < left + width; x += 5) {
    brush.moveTo(x, row.top + row.height);
    brush.lineTo(x + row.height, row.top);
  }
  brush.stroke();
  brush.restore();
}
