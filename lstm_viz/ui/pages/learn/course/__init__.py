"""The course: ten lessons of about three minutes, each a small file, and what plays them.

How a lesson is written
-----------------------
A lesson is a TOML file in `lessons/`, such as `01_loop.toml`; the files are played in the order of their names, and teachers may
open their own on the page. `lesson.py` reads it and names what is wrong with it.

    id = "loop"                      # small letters, digits and hyphens; never changes: answers are kept under it
    title = "A network with a loop"
    idea = "Two sentences. They stand above every step."
    picture = "loop"                 # one of `pictures.PICTURES`
    source = "Authors year"          # optional: a named paper

    [[steps]]
    say = "One sentence. **Bold** and `code` are the only markup."
    act = "next"
    view = "steps=1"                 # the picture's controls, as in a link; what is left out stands at its default
    element = "picture"              # what is outlined: one of `lesson.ELEMENTS` of the step's page; optional

The one act that completes a step:

- `next`: the reader goes on.
- `choose`: `options` (two to five) and `right`: the number of the right one, from 1, or the name of one of the picture's
  `right_options`, a fact that counts it. A prediction and a question to check are both of this kind.
- `draw`: `measure`, one of `measures.MEASURES`: the reader draws a curve over the tokens of a text, or drags bars, and then sees
  what was measured, with the difference. The measured values reach the browser only after the guess.
- `move <control>`: one of the picture's controls is moved; `move enter stay` offers two.
- `open link`: `page` (one of `lesson.PAGES`), `view` (that page's own link parameters) and `label`, the button's text.

`reveal` is a sentence that is shown, and `reveal_view` a view of the picture that is taken, once the act of the step is done;
both never reach the browser before. `say`, `reveal` and `options` may name facts in braces: `{weights}` is replaced by what the
picture measures. No measured number is written in a lesson.

How a picture is added
----------------------
One module in `pictures/` with a `Picture` (see `picture.py`): its `draw(settings, palette)` returns a Plotly figure or an SVG of
`lstm_viz.figures` with its description; its `controls` are sliders, choices or a text; its `facts` are functions of the settings
that return text, and `right_options` names those that count the right one of so many options. A `Measure` in `measures.py`
returns names, measured values and their bounds. Both are listed by name in `pictures/__init__.py` and `measures.py`. Keep
computed networks' results in `functools.cache`: a step has to be drawn in 300 ms.
"""
