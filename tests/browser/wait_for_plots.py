"""Waiting for pictures to be where they will stay, however long that takes."""

from __future__ import annotations

from playwright.sync_api import Page

_AT_REST = """(selector) => {
  const plots = [...document.querySelectorAll(selector)];
  if (!plots.length || plots.some((plot) => !plot._fullLayout?.xaxis?._offset)) return false;
  const told = (axis) => [axis?.range, axis?._offset, axis?._length];
  const axes = ({ _fullLayout }) => [told(_fullLayout.xaxis), told(_fullLayout.yaxis)];
  const now = JSON.stringify(plots.map((plot) => [plot.getBoundingClientRect(), axes(plot)]));
  const seen = (window.__seenAtRest ??= {});
  if (seen.now !== now) Object.assign(seen, { now, since: performance.now() });
  return performance.now() - seen.since > 400;
}"""


def at_rest(page: Page, plots: str = ".live-shell") -> None:
    """Wait until Plotly has drawn all these plots and neither place nor axes of one have changed for a while."""
    page.evaluate("delete window.__seenAtRest")
    page.wait_for_function(_AT_REST, arg=plots)
