import assert from "node:assert/strict";
import { test } from "node:test";

import { figureTools, svgContext } from "./modules.mjs";

/** A stand-in for the canvas that measures text: ten pixels a letter, the baseline eight below the top. */
globalThis.document = {
  createElement: () => ({
    getContext: () => ({
      measureText(text) {
        return { width: 10 * text.length, fontBoundingBoxAscent: { alphabetic: 8, top: 0, middle: 4 }[this.textBaseline] };
      },
    }),
  }),
};

function drawn(draw) {
  const context = new svgContext.SvgContext(100, 50);
  draw(context);
  return context.toText("#ffffff", "a <title>");
}

test("shapes stand where they were drawn, moved by the translation", () => {
  const svg = drawn((context) => {
    context.translate(10, 20);
    context.fillStyle = "#123456";
    context.globalAlpha = 0.5;
    context.fillRect(1, 2, 3, 4);
  });
  assert.match(svg, /<rect x="11" y="22" width="3" height="4" fill="#123456" opacity="0.5"\/>/);
  assert.match(svg, /<title>a &#60;title&#62;<\/title>/);
});

test("a bar drawn upwards has a positive height", () => {
  assert.match(drawn((context) => context.fillRect(5, 9, 2, -4)), /<rect x="5" y="5" width="2" height="4"/);
});

test("what was saved comes back, clipping too", () => {
  const svg = drawn((context) => {
    context.save();
    context.beginPath();
    context.rect(0, 0, 10, 10);
    context.clip();
    context.fillStyle = "red";
    context.fillRect(0, 0, 1, 1);
    context.restore();
    context.fillRect(0, 0, 2, 2);
  });
  assert.match(svg, /<clipPath id="clip0"><path d="M0 0h10v10h-10Z"\/><\/clipPath>/);
  assert.match(svg, /<g clip-path="url\(#clip0\)"><rect x="0" y="0" width="1" height="1" fill="red"\/><\/g>/);
  assert.match(svg, /\n<rect x="0" y="0" width="2" height="2" fill="#000000"\/>/);
});

test("text keeps its place whatever its baseline, and any character can be written", () => {
  const svg = drawn((context) => {
    Object.assign(context, { textBaseline: "top", textAlign: "center" });
    context.fillText("<&\u0007\ud800", 5, 10);
    context.fillText("  ", 5, 10);
    context.fillText("long", 0, 0, 20);
  });
  assert.match(svg, /<text x="5" y="18" text-anchor="middle"[^>]*>&#60;&#38;\ufffd\ufffd<\/text>/);
  assert.match(svg, /textLength="20"/);
  assert.equal(svg.match(/<text/g).length, 2);
});

test("a line starts where its first point is", () => {
  const svg = drawn((context) => {
    context.beginPath();
    context.lineTo(1, 2);
    context.lineTo(3, 4);
    context.setLineDash([4, 3]);
    context.stroke();
  });
  assert.match(svg, /<path d="M1 2L3 4" fill="none" stroke="#000000" stroke-width="1" stroke-linejoin="miter" stroke-dasharray="4 3"\/>/);
});

test("a figure's file says page, question, network and text", () => {
  const address = "http://x/memory?model=counting&ask=half-life&text=a%20b";
  assert.equal(figureTools.fileName(address, "Memory · lstm_viz", "Counting"), "Memory_half_life_Counting_a_b_");
  assert.equal(figureTools.fileName("http://x/learn", " · lstm_viz", ""), "figure");
});
