"""The look of a lesson: beside each other on a wide screen, in one view on a phone, large on the projector."""

STYLE = """<style>
.st-key-lesson { max-width: 1240px; }
.st-key-lesson_say p { font-size: 1.15rem; line-height: 1.5; }
.st-key-lesson_reveal { border-left: 4px solid var(--focus); padding-left: 0.9rem; scroll-margin: 4rem 0 5rem; }
.st-key-lesson_idea p { font-size: 0.95rem; opacity: 0.85; }
.st-key-lesson_options button { min-height: 2.75rem; }
.st-key-lesson_options button div { justify-content: flex-start; text-align: left; width: 100%; }
/* Also under the pointer, where the answer was chosen a moment ago. */
.st-key-lesson_options button:disabled:is(:disabled, :hover, :active) { color: inherit; opacity: 0.8; }
.st-key-lesson_options button:disabled:has([data-testid="stIconMaterial"]) { opacity: 1 !important; border-color: currentColor; }
:is(.st-key-lesson_go, .st-key-lesson_controls) button, .st-key-lesson [data-testid="stLinkButton"] a { min-height: 2.75rem; }
/* The ends of a slider stand below it. */
.st-key-lesson_controls { padding-bottom: 0.5rem; }
:is(.st-key-lesson h1, .course-count) { scroll-margin-top: 4rem; }
/* What a finger takes of a slider is 44 pixels wide and high. */
@media (pointer: coarse) {
  .st-key-lesson_controls [data-rac]:has(> div > input[type="range"])::after {
    content: ""; position: absolute; inset: 50%; width: 2.75rem; height: 2.75rem; translate: -50% -50%;
  }
  .st-key-lesson_controls [data-testid="stTextInput"] input { min-height: 2.75rem; }
}
@media (min-width: 641px) { .st-key-lesson_picture svg { min-width: 0 !important; } }
@media (max-width: 640px) {
  [data-testid="stMain"] { overflow-x: hidden; }
  .st-key-lesson_later, .st-key-lesson_how_choose, .st-key-lesson .figure-tools { display: none; }
  .st-key-lesson_slide:has(.st-key-lesson_later) .st-key-lesson_source { display: none; }
  .st-key-lesson, .st-key-lesson_slide { gap: 0.5rem; }
  .st-key-lesson_slide [data-testid="stHorizontalBlock"] { gap: 0.5rem; }
  .st-key-lesson_picture svg[role="img"] { max-height: 42vh; }
  .st-key-lesson_say p { font-size: 1.05rem; line-height: 1.4; }
  .st-key-lesson_words, .st-key-lesson_picture { gap: 0.6rem; }
  /* What was neither chosen nor right makes room for the answer. */
  .st-key-lesson_options [data-testid="stElementContainer"]:has(button:disabled):not(:has([data-testid="stIconMaterial"])) {
    display: none;
  }
  .st-key-lesson_slide:has(.st-key-lesson_idea_first) .st-key-lesson_picture {
    svg[role="img"] { max-height: 31vh; }
    /* The first step says what is drawn; the caption comes with the next one. */
    [data-testid="stCaptionContainer"] { display: none; }
  }
  /* Of a row that is wider than the screen, the newest end is in view. */
  .st-key-lesson_picture [data-wide] { direction: rtl; }
  .st-key-lesson_picture [data-wide] > svg { direction: ltr; }
  /* The picture's own controls stand below the words: the answer is not pushed out of view. */
  .st-key-lesson_slide [data-testid="stHorizontalBlock"]:has(> :first-child .st-key-lesson_controls) {
    > :first-child, > :first-child > [data-testid="stVerticalBlock"] { display: contents; }
    > :first-child > [data-testid="stVerticalBlock"] > * { width: 100%; }
    > :first-child div:has(> .st-key-lesson_controls) { order: 1; }
  }
  /* Long enough for the dots to be scrolled to the top, also while a step is being drawn. */
  .st-key-lesson_slide { min-height: 100vh; justify-content: flex-start; }
  /* Back and Next stay under the thumb; the page leaves room for them at its end. */
  .stMainBlockContainer { padding-bottom: 5.5rem; }
  .st-key-lesson_go {
    position: fixed; inset: auto 0 0 0; z-index: 90; width: auto; max-width: none; padding: 0.5rem 0.75rem;
    padding-bottom: calc(0.5rem + env(safe-area-inset-bottom)); background: light-dark(#FFFFFF, #11161D);
    border-top: 1px solid light-dark(#D5DAE1, #34404F);
  }
  .st-key-lesson_go > * { flex: 1 1 0; }
  .st-key-lesson_go button { width: 100%; }
}

/* The presenter view: the picture alone, or with the question beside it. */
html.presenting .stMarkdown :not(:has(.presented), .presented, .presented *) { visibility: hidden; }
html.presenting .presented > svg { max-width: none !important; height: 100%; }
html.presenting .st-key-lesson_slide.presented { max-width: none; gap: 0.3rem; padding: 0.5rem 0.7rem 1.7rem; }
.presented :is(.st-key-lesson_later, .st-key-lesson_source, .st-key-lesson_how_choose) { display: none; }
.presented [data-testid="stHorizontalBlock"] { gap: 0.8rem; }
.presented :is(.st-key-lesson_words, .st-key-lesson_picture, .st-key-lesson_options) { gap: 0.35rem; }
.presented [data-picture] { overflow: visible !important; padding-bottom: 0.2rem; }
.presented .st-key-lesson_picture [data-picture] > svg {
  display: block; width: 100% !important; max-width: none !important; max-height: calc(100vh - 5.5rem); margin: 0 auto;
}
/* The picture has its side of the window for itself, as its type would else shrink: its controls stand below the words. */
@media (min-width: 641px) {
  .presented [data-testid="stHorizontalBlock"]:has(> :first-child .st-key-lesson_controls):has([data-picture]:not([data-wide])) {
    display: grid; grid-template: auto 1fr / minmax(0, 7fr) minmax(0, 5fr); align-items: start; gap: 0 0.8rem;
    > [data-testid="stColumn"] { width: auto; min-width: 0; grid-area: 1 / 2; }
    > :first-child, > :first-child > [data-testid="stVerticalBlock"] { display: contents; }
    div:has(> .st-key-lesson_picture) { grid-area: 1 / 1 / span 2; min-width: 0; }
    > :first-child div:has(> .st-key-lesson_controls) { grid-area: 2 / 2; min-width: 0; margin-top: 0.5rem; }
  }
}
.presented [data-testid="stColumn"]:first-child .st-key-lesson_controls { gap: 0 0.8rem; }
.presented [data-testid="stColumn"]:first-child .st-key-lesson_controls label { min-height: 0; }
.presented [data-testid="stColumn"]:first-child .st-key-lesson_controls :is(label, button) p {
  font-size: 0.72rem; line-height: 1.2;
}
.presented [data-testid="stColumn"]:first-child .st-key-lesson_controls button { min-height: 1.5rem; padding: 0.1rem 0.5rem; }
.presented .st-key-lesson_say p { font-size: 1rem; line-height: 1.35; }
.presented :is(.st-key-lesson_reveal, .st-key-lesson_idea) p { font-size: 0.86rem; line-height: 1.35; opacity: 1; }
.presented .st-key-lesson_reveal { padding-left: 0.5rem; gap: 0.3rem; }
.presented .st-key-lesson_slide [data-testid="stCaptionContainer"] p,
.presented.st-key-lesson_slide [data-testid="stCaptionContainer"] p { font-size: 0.69rem; line-height: 1.3; }
.presented :is(.st-key-lesson_options, .st-key-lesson_go) button { min-height: 1.5rem; padding: 0.2rem 0.5rem; }
.presented :is(.st-key-lesson_options, .st-key-lesson_go) button p { font-size: 0.8rem; line-height: 1.25; }
.presented .st-key-lesson_go button :is(div, p) { line-height: 1.2; }
.presented :is(pre, code) { font-size: 0.76rem !important; }
/* A long row of boxes takes the whole width, and the question stands below it. */
.presented [data-testid="stHorizontalBlock"]:has([data-wide]) { flex-direction: column; }
.presented [data-testid="stHorizontalBlock"]:has([data-wide]) > [data-testid="stColumn"] { width: 100%; flex: none; }
.presented .st-key-lesson_picture [data-wide] > svg { max-height: 36vh !important; }
.presented:has(.st-key-lesson_idea_first) .st-key-lesson_picture [data-picture] > svg { max-height: calc(100vh - 6.5rem); }
@media (max-width: 640px) {
  .presented .st-key-lesson_picture [data-picture] { overflow-x: auto !important; }
  .presented .st-key-lesson_picture [data-picture] > svg { max-height: 42vh !important; }
  /* Back and Next stand above the presenter's own line. */
  html.presenting .st-key-lesson_slide.presented { padding-bottom: 6.5rem; }
  html.presenting .st-key-lesson_go { bottom: 1.6rem; }
  .presented .st-key-lesson_go button { min-height: 2.2rem; }
}
</style>"""
