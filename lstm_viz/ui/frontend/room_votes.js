/** Votes: the question, the answers of one pupil, and the class's beside the network's. */

import { make } from "./elements.js";
import { percent } from "./number_format.js";
import { roomButton } from "./room_button.js";
import { colourText, legend } from "./room_text.js";

/** The question of a vote in a sentence. */
export function question({ kind, gate, network }) {
  if (kind === "choice") return "Positive or negative?";
  return `Where will the ${gate} shut? (${network})`;
}

/** Build what a pupil answers with; `answer` takes the chosen options. */
export function ballot(vote, theme, answer) {
  const chosen = new Set(vote.mine);
  const section = make("section.room-vote", { "aria-label": "Vote" }, make("h2", { textContent: question(vote) }));
  const open = vote.open && !vote.revealed;
  if (vote.kind === "choice") {
    section.append(make("p.room-quote", { dir: "auto", textContent: vote.text }));
    const options = vote.options.map((option, index) =>
      roomButton(option, () => answer([index]), { "aria-pressed": String(chosen.has(index)), disabled: !open }),
    );
    section.append(make("div.room-options", {}, ...options));
  } else if (!vote.revealed) {
    const toggle = (step) => {
      const picks = new Set(chosen);
      if (!picks.delete(step)) picks.add(step);
      // A fourth tap replaces the first; the last one stays, as the server takes no empty answer.
      if (picks.size) answer([...picks].slice(-3));
    };
    const letters = vote.options.map((token, step) =>
      roomButton(visible(token), () => toggle(step), {
        "aria-pressed": String(chosen.has(step)),
        "aria-label": `${step + 1}: ${token === " " ? "space" : token}`,
        // Before the first step there is no memory that a gate could keep.
        disabled: !open || step === 0,
      }),
    );
    section.append(make("p.room-note", { textContent: "Tap up to three. Not the first: there is no memory before it." }), make("div.room-letters", { dir: "auto" }, ...letters));
  }
  if (vote.result && vote.revealed && chosen.size) section.append(ownResult(vote, [...chosen].sort((a, b) => a - b)));
  if (vote.result) section.append(...outcome(vote, theme));
  else section.append(make("p.room-note", { role: "status", textContent: describeAnswer(vote, chosen.size > 0, open) }));
  return section;
}

/** Build the sentence that says whether a pupil's own answer, options in order, was right. */
function ownResult({ kind, options, result }, chosen) {
  const found = chosen.filter((option) => result.aims.includes(option));
  const quoted = (steps) => steps.map((step) => `‘${visible(options[step])}’`).join(", ");
  const given = kind === "choice" ? `You said ${options[chosen[0]]}` : `You tapped ${quoted(chosen)}`;
  const told = kind === "choice"
    ? (found.length ? ", as the network does" : ", and the network does not")
    : found.length === chosen.length ? ": right" : found.length ? `; right: ${quoted(found)}` : ", none of the outlined";
  return make("p.room-right.room-own", { "data-right": String(found.length > 0), textContent: `${given}${told}.` });
}

function describeAnswer(vote, answered, open) {
  if (open && vote.waiting) return "Your answer is being sent.";
  if (open) return answered ? "Your answer is in. You may change it until the vote closes." : "Your answer is not in yet.";
  return answered ? "The vote is closed. Your answer is in." : "The vote is closed.";
}

/** Build the class's answers and, once revealed, the network's: rows of coloured tokens, or two bars. */
export function outcome(vote, theme) {
  const { counts, voters, values, right, byChance } = vote.result;
  const parts = [];
  const shares = counts.map((count) => (voters ? count / voters : 0));
  if (vote.kind === "choice") {
    parts.push(bars("The class", vote.options, shares, (index) => `${counts[index]} of ${voters}`, theme));
    if (values) {
      parts.push(bars("The network", vote.options, values, (index) => percent(values[index]), theme));
      const rest = 1 - values.reduce((sum, value) => sum + value, 0);
      parts.push(make("p.room-note", { textContent: `The rest, ${percent(Math.max(0, rest))}, is neither.` }));
    }
  } else {
    const scale = { low: 0, high: Math.max(...shares), signed: false, label: "share of the class that tapped" };
    if (voters) parts.push(strip("The class", vote, shares, scale, theme));
    if (values) {
      const low = Math.min(...values), high = Math.max(...values);
      const drawn = { low, high: high > low ? high : low + 1, signed: false, label: `${vote.gate}, mean of all units: low is shut` };
      parts.push(strip("The network", vote, values, drawn, theme, new Set(vote.result.aims)));
    }
  }
  if (values) {
    // Of a sentence the network may be wrong itself.
    const said = vote.kind === "choice" ? "said what the network says" : "were right: they tapped one of the outlined";
    const blind = byChance === null ? "" : ` Guessing would get ${percent(byChance)}.`;
    const told = voters ? `${right} of ${voters} ${said}.${blind}` : "Nobody has answered.";
    parts.push(make("p.room-right", { role: "status", textContent: told }));
  }
  return parts;
}

function strip(title, vote, values, scale, theme, aims = new Set()) {
  const text = make("p.room-strip", { dir: "auto" });
  const tokens = vote.options.map(visible);
  colourText(text, { tokens, values }, scale, theme, (step) => (aims.has(step) ? { className: "room-aim" } : {}));
  return make("div", {}, make("h3", { textContent: title }), text, legend(scale, theme));
}

function bars(title, options, shares, label, theme) {
  const rows = options.map((option, index) => {
    const bar = make("span.room-bar");
    bar.style.width = `${100 * Math.min(1, shares[index])}%`;
    bar.style.background = theme.roles[index ? "read" : "cell"];
    return make("div.room-bar-row", {}, make("span", { textContent: option }), make("span.room-bar-track", {}, bar), make("span", { textContent: label(index) }));
  });
  return make("div", {}, make("h3", { textContent: title }), ...rows);
}

/** A blank is drawn as a sign, so that it can be tapped and seen. */
function visible(token) {
  return token === " " ? "␣" : token;
}
