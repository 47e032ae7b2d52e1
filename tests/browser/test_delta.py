"""The browser rebuilds whole payloads from those that hold only what is new, as the tests' own decoder does."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from playwright.sync_api import Browser

from lstm_viz.ui.components.live_view.memo import Memo
from lstm_viz.ui.components.live_view.payload import build_payload
from lstm_viz.ui.frontend.delta import Sender
from lstm_viz.ui.frontend.payload import pack
from lstm_viz.ui.frontend.publish import SOURCES
from tests.edits import scenes

JOIN = """async ([source, pairs]) => {
  const { unpack } = await import(`data:text/javascript;base64,${source}`);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const told = (frame) => {
    const { blocks, size, arrays, ...header } = frame;
    const sorted = Object.entries(header).sort(([one], [other]) => (one < other ? -1 : 1));
    const numbers = Object.entries(blocks).map(([name, { values, shape }]) => {
      const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return [name, values.constructor.name, shape, raw.join()];
    });
    return JSON.stringify([sorted, numbers]);
  };
  let before = null;
  const wrong = [];
  pairs.forEach(([sent, whole], count) => {
    const earlier = before && [before, told(before)];
    before = unpack(bytes(sent), before);
    if (told(before) !== told(unpack(bytes(whole)))) wrong.push(count);
    if (earlier && told(earlier[0]) !== earlier[1]) wrong.push(-count);
  });
  return wrong;
}"""


def test_joined_frames_are_the_whole_ones_and_earlier_ones_stay(browser: Browser) -> None:
    memo, sender = Memo(), Sender()
    pairs = [
        [_text(sender.pack(*build_payload(shown, memo))), _text(pack(*build_payload(shown)))] for shown in scenes(150, seed=2)
    ]
    page = browser.new_page()
    wrong: list[Any] = page.evaluate(JOIN, [_text((SOURCES / "payload.js").read_bytes()), pairs])
    page.close()
    assert wrong == []


def _text(packed: bytes) -> str:
    return b64encode(packed).decode()
