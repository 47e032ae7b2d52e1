/** Paint the text as a row of the chart: each token in its column, colored by the selected quantity. */

import { columnWidth, stepX, visible } from "./chart_layout.js";

export function paintTokens(context, scene, row) {
  const { frame, plan, range, theme, step } = scene;
  const { tint } = frame;
  const width = columnWidth(plan, range);
  const scale = tint.signed ? theme.diverging : theme.sequential;
  const gap = width > 7 ? 1 : 0;
  const words = frame.stepUnit === "words";
  const size = words ? 15 * plan.scale : Math.min(18 * plan.scale, width * 1.25);
  context.font = `${size}px ${words ? theme.font : theme.code}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const [first, last] = visible(scene);
  for (let t = first; t <= last; t++) {
    const value = frame.blocks.tint.values[t];
    const colour = scale.index((value - tint.low) / (tint.high - tint.low));
    const left = stepX(plan, range, t) - width / 2;
    const empty = scene.masked || Number.isNaN(value);
    context.fillStyle = empty ? theme.surface : scale.css[colour];
    context.fillRect(left + gap / 2, row.top, width - gap, row.height);
    const ink = empty ? theme.text : scale.inks[colour];
    if (frame.unknown.includes(t)) paintHatching(context, left, row, width, ink);
    // Below this size a character is unreadable; only the colors are painted.
    if (words || size >= 6) {
      context.fillStyle = ink;
      const mark = words ? fitted(context, theme.font, frame.tokens[t], width - 4, plan.scale) : frame.tokens[t];
      context.fillText(mark, left + width / 2, row.top + row.height / 2 + 1);
    }
    if (t === step) {
      context.strokeStyle = theme.text;
      context.lineWidth = 2 * plan.scale;
      context.strokeRect(left + 0.5, row.top + 1, width - 1, row.height - 2);
    }
  }
}

/** Set the largest font size at which a word fits, and return the word, shortened if even the smallest is too large. */
function fitted(context, font, word, room, scale) {
  for (const size of [15, 13.5, 12, 11, 10.5]) {
    context.font = `${size * scale}px ${font}`;
    if (context.measureText(word).width <= room) return word;
  }
  // Longer words are not measured at every length, which would be slow.
  for (let kept = Math.min(word.length, 24) - 1; kept > 0; kept--) {
    const part = `${word.slice(0, kept)}…`;
    if (context.measureText(part).width <= room) return part;
  }
  return "…";
}

/** Mark a token outside the vocabulary. */
function paintHatching(context, left, row, width, ink) {
  context.save();
  context.beginPath();
  context.rect(left + 1, row.top, width - 2, row.height);
  context.clip();
  context.strokeStyle = ink;
  context.globalAlpha = 0.45;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = left - row.height; x < left + width; x += 5) {
    context.moveTo(x, row.top + row.height);
    context.lineTo(x + row.height, row.top);
  }
  context.stroke();
  context.restore();
}
