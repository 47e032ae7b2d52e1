"""The cheat sheet: every term and symbol, searched on the screen, printed on two pages."""

from __future__ import annotations

import json
from html import escape

import streamlit as st

from lstm_viz.ui.components.glossary_terms import Term, terms
from lstm_viz.ui.components.layout import page_header
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state.markdown import escape_block

_STYLE = """<style>
.cheat { columns: 22rem auto; column-gap: 1.6rem; font-size: 0.9rem; line-height: 1.35; }
.cheat p { margin: 0 0 0.45rem; break-inside: avoid; font-size: inherit; line-height: inherit; }
.cheat code { font-size: 0.85em; white-space: normal; overflow-wrap: anywhere; padding: 0; }
.cheat small { opacity: 0.8; }
@media print {
  @page { size: A4; margin: 10mm; }
  html, body, #root, .stApp, [data-testid="stAppViewContainer"], .stMain, .stMainBlockContainer, [data-testid="stVerticalBlock"],
  [data-testid="stLayoutWrapper"], [data-testid="stElementContainer"], .stHtml {
    position: static !important; display: block !important; height: auto !important; min-height: 0 !important;
    max-height: none !important; overflow: visible !important; width: auto !important; max-width: none !important;
  }
  .stMainBlockContainer { padding: 0 !important; }
  [data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stToolbar"], [data-testid="stButtonGroup"], .course,
  [data-testid="stTextInput"], [data-testid="stPopover"], .st-key-cheat_controls,
  .st-key-page_head > :not(:first-child), iframe { display: none !important; }
  .stApp, .stApp * { background: white !important; color: black !important; }
  .cheat { columns: 3; column-gap: 5mm; font-size: 10.5pt; line-height: 1.3; }
  .cheat p { margin-bottom: 1.3mm; }
  h1 { font-size: 12pt !important; padding: 0 0 2mm !important; }
}
</style>"""


@st.fragment
def render() -> None:
    """Draw the search and the terms."""
    page_header("Cheat sheet: all terms and symbols")
    with st.container(horizontal=True, vertical_alignment="bottom", key="cheat_controls"):
        words = st.text_input("Find a word or a symbol", key="learn_sheet", placeholder="forget gate, softmax, c …", live="0ms")
        mount(json.dumps({"kind": "print", "title": "Print (two pages)"}).encode(), "learn_print", part="course")
    matches = [term for term in terms() if term.matches(words)]
    if not matches:
        st.info(f"No entry for “{escape_block(words)}”. Try a single word, or a symbol.")
    st.html(_STYLE + f'<div class="cheat">{"".join(map(_entry, matches))}</div>')


def _entry(term: Term) -> str:
    symbol = f" <code>{escape(term.symbol)}</code>" if term.symbol else ""
    more = " · ".join(f"<code>{escape(fact)}</code>" for fact in (term.formula, term.range) if fact)
    return f"<p><b>{escape(term.name)}</b>{symbol}: {escape(term.plain)}.{f' <small>{more}</small>' * bool(more)}</p>"
