"""The page frame: style, title with glossary, and app.py's setup for a page that is opened alone."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from lstm_viz.ui.components import glossary, lesson_pointer, tab_work
from lstm_viz.ui.components.share import share_popover
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state import address, lesson_link
from lstm_viz.ui.state.messages import component_message

_STYLE = """<style>
.stMainBlockContainer { padding-top: 3.2rem; padding-bottom: 2rem; }

/* Headings keep their rank for screen readers; on the screen they leave room for what they name. */
.stMainBlockContainer h1 { font-size: 1.4rem; line-height: 1.25; font-weight: 600; padding: 0.25rem 0; }
.stMainBlockContainer h2 { font-size: 1.25rem; font-weight: 600; }
.stMainBlockContainer h3 { font-size: 1.1rem; font-weight: 600; }

/* Streamlit's captions are too faint to be read: 0.6 gives a contrast of 4.2. */
[data-testid="stCaptionContainer"] { opacity: 0.8; }

/* One baseline in a row of controls: selects are 40 px high, so are these. */
[data-testid="stButtonGroup"] button { min-height: 2.5rem; }

/* Keyboard focus is more than the grey of a pointer that passes over. */
[data-testid="stTopNavLink"]:focus-visible, [data-testid="stSidebarNavLink"]:focus-visible,
[data-testid="stExpandSidebarButton"]:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }

/* The row of a page's controls: examples are small and share it, so that the figure is on the first screen. */
.st-key-page_controls { row-gap: 0.5rem; }
.st-key-page_controls > :has(> [class*="st-key-scroll_row"]) { flex: 1 1 18rem; min-width: 0; width: auto; }
.st-key-page_controls [class*="st-key-scroll_row"] { row-gap: 0.25rem; }
.st-key-page_head { flex-wrap: nowrap; }
.st-key-page_head > :first-child { flex: 0 1 auto; min-width: 0; }
.st-key-page_head > :not(:first-child) { flex: none; width: fit-content; min-width: 0; }
[class*="st-key-scroll_row"] [data-testid="stButton"] button { min-height: 2rem; padding: 0.1rem 0.6rem; }

/* On a phone the pages are behind a button that says so. */
[data-testid="stExpandSidebarButton"]::after { content: "Menu"; padding-left: 0.35rem; font-weight: 600; }
[data-testid="stExpandSidebarButton"] { width: auto; }

/* At a browser zoom of 200% a window is as low as this. */
@media (max-height: 600px) and (min-width: 641px) {
  .stMainBlockContainer > [data-testid="stVerticalBlock"] { gap: 0.4rem; }
}

@media (max-width: 640px) {
  .stMainBlockContainer { padding-left: 0.75rem; padding-right: 0.75rem; }
  .stMainBlockContainer h1 { font-size: 1.15rem; }
  /* Rows of choices are scrolled sideways, not folded, so that the figure is on the first screen too. */
  [class*="st-key-scroll_row"], [data-testid="stButtonGroup"] [role="radiogroup"] {
    flex-wrap: nowrap !important; overflow-x: auto; scrollbar-width: none;
  }
  [class*="st-key-scroll_row"] > *, [data-testid="stButtonGroup"] [role="radiogroup"] > * { flex: 0 0 auto; }
  /* Buttons that a narrow row cannot spell out show their icon alone; their names stay for screen readers. */
  :is(.st-key-page_head, [class*="st-key-icon_on_phone"]) :is([data-testid="stPopover"], [data-testid="stButton"],
  [data-testid="stDownloadButton"]) [data-testid="stMarkdownContainer"] { position: absolute; clip-path: inset(50%); }
  /* What is said of a figure stands below it, so that the figure is on the first screen. */
  :has(> [class*="st-key-below_on_phone"]) { order: 1; }
  .st-key-page_controls > .st-key-choose_model { flex: 1 1 9rem; min-width: 0; }
  .stMainBlockContainer > [data-testid="stVerticalBlock"] { gap: 0.6rem; }
  /* Tables are closer; one that is still too wide is scrolled alone, not the page with it. */
  [data-testid="stMarkdownContainer"]:has(table) { overflow-x: auto; }
  [data-testid="stMarkdownContainer"] :is(th, td) { padding: 0.25rem 0.3rem !important; font-size: 0.8rem; }
}
:root { --focus: FOCUS; }
BUTTONS
/* The theme may change without a run of the script; what Streamlit puts outside the app waits for one. */
.stApp { --focus: light-dark(#0072B2, #56B4E9); }
.stApp :is(PRIMARY) { color: light-dark(#FFFFFF, #11161D) !important; }
/* Streamlit's green and grey of code on its light background have contrasts of 2.9 and 3.6. */
.stApp [data-testid="stCode"] .token.string { color: light-dark(#0B6B35, #3DD56D); }
.stApp [data-testid="stCode"] .token.comment { color: light-dark(#5A626D, #AAB4C0); }
</style>"""

#: Text on the primary color. The dark theme's light blue has a contrast of only 2.3 with white.
_PRIMARY = (
    "[data-testid=stBaseButton-primary], [data-testid=stBaseButton-primaryFormSubmit], [data-testid=stBaseLinkButton-primary]"
)
_TOOLS = "page_tools"
_DARK_BUTTONS = ":is(PRIMARY) { color: #11161D !important; }"


def page_setup() -> None:
    """Set the page's style; call it first on each page."""
    _run_entrypoint()
    dark = st.context.theme.type == "dark"
    style = _STYLE.replace("FOCUS", "#56B4E9" if dark else "#0072B2").replace("BUTTONS", _DARK_BUTTONS if dark else "")
    style = style.replace("PRIMARY", _PRIMARY)
    hidden = lesson_link.hiding_style(lesson_link.hidden_parts(st.query_params.get(lesson_link.PARAMETER, "")))
    st.html(style.replace("</style>", f"{hidden}</style>"))
    address.show_notes()
    lesson_pointer.outline_element()


def page_header(title: str, caption: str = "", terms: Sequence[str] = (), as_tooltip: bool = False) -> None:
    """Draw the page's title with the glossary and the link to share beside it, and a caption below.

    Args:
        title: The title, Markdown.
        caption: A line on what the page shows, Markdown; none if empty.
        terms: The names of the glossary's terms that the page uses.
        as_tooltip: Show the caption as a tooltip of the title, to save vertical space.

    Raises:
        KeyError: A term is not in the glossary.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="page_head"):
        st.title(title, anchor=False, help=caption if as_tooltip and caption else None, width="content")
        glossary.popover(terms)
        page_actions()
    if caption and not as_tooltip:
        st.caption(caption)


def page_actions() -> None:
    """Draw what every page offers beside its title: the link to share, present, the keys, and start over."""
    share_popover()
    mount(json.dumps(tab_work.header()).encode(), _TOOLS, _on_claim, part="page_tools")


def _on_claim() -> None:
    """Take over the work that the tab did before it was reloaded; on a new page it sends the secrets of that work."""
    told = (component_message(_TOOLS) or {}).get("claims")
    if isinstance(told, list) and all(isinstance(each, str) for each in told):
        tab_work.take(told)


def _run_entrypoint() -> None:
    """Run app.py first if Streamlit ran the page's file alone, as for the first link that a new server receives.

    Until app.py has called st.navigation once, Streamlit treats a folder named pages as its older kind of multipage app, without
    navigation or page settings. A browser test covers this, because the flag is undocumented.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
