"""The course in a browser: keys turn its pages, a guess is drawn without a mouse, progress stays, the sheet has two pages."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from lstm_viz.ui.pages.learn.course.measures import MEASURES
from lstm_viz.ui.pages.learn.course.progress import stored_key
from lstm_viz.ui.pages.learn.course.shipped import shipped_lessons
from tests.app_server import PAINTED, TIMEOUT
from tests.browser.handles import control

WAIT = TIMEOUT * 1000


def at(page: Page, lesson: int, step: int) -> None:
    """Wait until this step is shown."""
    expect(page.locator(f"[data-at='{lesson}.{step}']")).to_be_visible(timeout=WAIT)


def test_lesson_one_by_keys_and_a_later_one_by_its_link(page: Page) -> None:
    page.goto("/")
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name="Ten short lessons").click()
    at(page, 1, 1)
    page.keyboard.press("ArrowRight")
    at(page, 1, 2)
    # A prediction comes first: the key waits for it.
    page.keyboard.press(" ")
    at(page, 1, 2)
    page.get_by_role("button", name="Exactly as many").click()
    expect(page.get_by_text("All boxes are the same network")).to_be_visible(timeout=WAIT)
    page.keyboard.press("ArrowRight")
    at(page, 1, 3)
    slider = page.get_by_role("slider", name="Letters read")
    slider.press("ArrowRight")
    expect(page.get_by_text(re.compile(r"^3 boxes"))).to_be_visible(timeout=WAIT)
    at(page, 1, 3)  # The slider's own key turned no page.
    slider.blur()
    page.keyboard.press("ArrowLeft")
    at(page, 1, 2)
    # A link has no use for the arrows.
    page.get_by_role("link", name="Explore").focus()
    page.keyboard.press("ArrowLeft")
    at(page, 1, 1)
    page.keyboard.press("ArrowRight")
    at(page, 1, 2)
    expect(page).to_have_url(re.compile("step=2"), timeout=WAIT)

    # Another visit: the answer is still known, and the reader is led back to where they were.
    page.goto("/learn")
    page.get_by_role("button", name="Where I was: lesson 1, step 2").click(timeout=WAIT)
    at(page, 1, 2)
    expect(page.get_by_text("All boxes are the same network")).to_be_visible(timeout=WAIT)

    page.goto("/learn?lesson=9&step=2&done=1")
    at(page, 9, 2)
    surface = page.get_by_role("slider", name="Your guess: Letters repeated")
    surface.press("ArrowUp")
    surface.press("ArrowRight")
    surface.press("PageDown")
    expect(surface).to_have_attribute("aria-valuetext", re.compile("^GRU: "))
    at(page, 9, 2)
    page.get_by_role("button", name="Show the answer").click()
    expect(page.get_by_text("off on average")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("button", name=re.compile(r"\(done\)"))).to_have_count(1)
    page.goto("/")
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("link", name="Ten short lessons")).to_be_hidden()


def test_quick_presses_all_count_and_stop_at_a_question(page: Page) -> None:
    def press(key: str, times: int) -> None:
        """Press a key so quickly that no answer comes in between."""
        page.evaluate("([key, times]) => { while (times--) document.body.dispatchEvent("
                      "new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })) }", [key, times])  # fmt: skip

    page.goto("/learn?lesson=3")
    at(page, 3, 1)
    press("ArrowRight", 2)
    at(page, 3, 3)
    press("ArrowLeft", 2)
    at(page, 3, 1)
    press("ArrowRight", 9)
    at(page, 3, 3)
    following, option = control(page, "lesson_next").get_by_role("button"), control(page, "lesson_options").get_by_role("button")
    expect(following).to_be_disabled(timeout=WAIT)
    option.first.click()
    # The presses before the answer are forgotten: the answer is shown.
    expect(control(page, "lesson_reveal")).to_be_visible(timeout=WAIT)
    at(page, 3, 3)
    page.evaluate("document.querySelectorAll('.st-key-lesson_back button').forEach((back) => { back.click(); back.click(); })")
    at(page, 3, 1)


def test_the_projector_shows_a_guess_with_its_question_and_a_digit_answers(page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/learn?lesson=9&step=2&present=1")
    surface = page.locator(".presented .course-surface")
    expect(surface).to_be_visible(timeout=WAIT)
    expect(page.locator(".presented .st-key-lesson_say")).to_be_visible()
    # A slide has a ground of its own: in the dark theme its light type would else stand on white.
    expect(page.locator(".presented")).to_have_css("background-color", "rgb(255, 255, 255)")
    # Drawn as large as the screen wants it, with the button below it in the window too, above the presenter's line.
    page.wait_for_function(
        """() => document.querySelector(".presented .course-surface").getBoundingClientRect().height > 500
            && document.querySelector(".presented .course-send").getBoundingClientRect().bottom
                <= document.querySelector(".present-bar").getBoundingClientRect().top""",
        timeout=WAIT,
    )
    box = surface.bounding_box()
    assert box
    # And under the mouse.
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(surface).to_have_attribute("aria-valuetext", re.compile(r"^GRU: (4[5-9]|5[0-5])%"))
    page.get_by_role("button", name="Show the answer").click()
    expect(page.locator(".presented .st-key-lesson_reveal")).to_be_visible(timeout=WAIT)
    smallest = """() => Math.min(...[...document.querySelectorAll(".presented :is(p, text)")]
        .filter((each) => each.textContent.trim())
        .map((each) => parseFloat(getComputedStyle(each).fontSize) * (each.getScreenCTM?.().a ?? 1)))"""
    assert page.evaluate(smallest) >= 23.5
    page.evaluate("document.activeElement.blur()")
    # The keys press the button, which follows the answer.
    expect(control(page, "lesson_next").get_by_role("button")).to_be_enabled(timeout=WAIT)
    for key, step in (("PageDown", "9.3"), ("ArrowRight", "9.4")):
        page.keyboard.press(key)
        expect(page.locator(f"[data-at='{step}']")).to_be_attached(timeout=WAIT)
    expect(page.get_by_role("button", name="No: one symbol")).to_be_visible(timeout=WAIT)
    page.keyboard.press("2")
    expect(page.locator(".presented .st-key-lesson_reveal")).to_be_visible(timeout=WAIT)
    # With nothing more to ask the figure's own controls stand below it, in the window.
    expect(control(page, "lesson_next").get_by_role("button")).to_be_enabled(timeout=WAIT)
    page.keyboard.press("PageDown")
    page.get_by_role("button", name="Its gates can").click(timeout=WAIT)
    controls = page.locator(".presented [data-testid=stColumn]:first-child .st-key-lesson_controls")
    expect(controls).to_be_visible(timeout=WAIT)
    page.wait_for_function("(element) => element.getBoundingClientRect().bottom <= innerHeight", arg=controls.element_handle())


def test_pictures_are_legible_on_the_projector(page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/_stcore/health")
    # All questions of these lessons have been answered: the controls of the pictures are there.
    answers = {
        stored_key(lesson, index): step.options[0] if step.options else [0.5] * len(MEASURES[step.measure]().names)
        for lesson in (shipped_lessons()[number - 1] for number in (1, 3, 6, 10))
        for index, step in enumerate(lesson.steps)
        if step.asks
    }
    page.evaluate("text => localStorage.setItem('lstm_viz course', text)", json.dumps({"done": [], "answers": answers}))
    # The smallest text of the slide that is seen, and how far the slide's parts reach beyond the window, in pixels.
    measured = """() => {
      const sizes = [], beyond = [];
      const walker = document.createTreeWalker(document.querySelector(".presented"), NodeFilter.SHOW_TEXT);
      for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const element = text.parentElement, { width, height, top, bottom, right } = element.getBoundingClientRect();
        if (!text.data.trim() || width * height < 4 || getComputedStyle(element).visibility !== "visible") continue;
        const scale = element.ownerSVGElement ? element.getScreenCTM().a : 1;
        sizes.push(parseFloat(getComputedStyle(element).fontSize) * scale);
        beyond.push(-top, bottom - innerHeight, right - innerWidth);
      }
      return [Math.min(...sizes), Math.max(...beyond)];
    }"""
    for lesson, step, controls in ((1, 5, 1), (3, 6, 1), (6, 8, 1), (10, 3, 0)):
        page.goto(f"/learn?lesson={lesson}&step={step}&present=1")
        expect(page.locator(f"[data-at='{lesson}.{step}']")).to_be_attached(timeout=WAIT)
        expect(page.locator(".presented .st-key-lesson_controls")).to_have_count(controls, timeout=WAIT)
        expect(page.locator(".presented .st-key-lesson_reveal")).to_be_visible(timeout=WAIT)
        page.wait_for_function(f"(({measured})())[1] <= 1")
        smallest, _ = page.evaluate(measured)
        assert smallest >= 23.5, (lesson, step)


def test_the_cheat_sheet_is_printed_on_two_pages_and_answers_stay_in_the_browser(page: Page) -> None:
    page.goto("/learn?part=questions")
    questions = page.locator("fieldset")
    expect(questions).to_have_count(6, timeout=WAIT)
    for question in questions.all():
        question.get_by_role("radio").first.check()
    page.get_by_role("button", name="Done: before the course").click()
    expect(page.get_by_text(re.compile(r"Before: \d of 6 right"))).to_be_visible()
    page.goto("/learn?part=sheet")
    expect(page.get_by_role("button", name="Print (two pages)")).to_be_visible(timeout=WAIT)
    expect(page.locator(".cheat")).to_contain_text("temperature")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 2


def test_on_a_phone_steps_fit_sideways_and_a_finger_finds_its_buttons(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/_stcore/health")
    given = {stored_key(shipped_lessons()[8], 1): [0.5] * 3}
    page.evaluate("text => localStorage.setItem('lstm_viz course', text)", json.dumps({"done": [], "answers": given}))
    wider = """() => Math.max(...[document.documentElement, ...document.querySelectorAll("[data-testid=stMain], .presented")]
        .map((each) => each.scrollWidth - each.clientWidth))"""
    small = """() => [...document.querySelectorAll(".st-key-lesson :is(.course-dots, [class*=st-key-lesson_]) button")]
        .map((each) => each.getBoundingClientRect())
        .filter(({ width, height }) => width * height && Math.min(width, height) < 44).length"""
    page.goto("/learn?lesson=1")
    at(page, 1, 1)
    following, option = control(page, "lesson_next").get_by_role("button"), control(page, "lesson_options").get_by_role("button")
    following.click()
    expect(option.first).to_be_visible(timeout=WAIT)
    option.first.click()
    expect(control(page, "lesson_reveal")).to_be_visible(timeout=WAIT)
    assert page.evaluate(small) == 0
    # The newest box is in view, also once more letters are read.
    following.click()
    slider = page.get_by_role("slider", name="Letters read")
    for count in range(3, 8):
        slider.press("ArrowRight")
        expect(page.get_by_text(re.compile(rf"^{count} boxes"))).to_be_visible(timeout=WAIT)
    page.wait_for_function("""() => {
        const row = document.querySelector("[data-wide]"), right = (each) => each.getBoundingClientRect().right;
        return row?.scrollWidth > row?.clientWidth && Math.abs(right(row.querySelector("svg")) - right(row)) < 2;
    }""")
    assert page.evaluate(wider) <= 0
    # Presented, the row is swiped and the step's buttons stand above the presenter's line.
    page.goto("/learn?lesson=1&step=2&present=1")
    expect(page.locator(".presented [data-wide]")).to_be_visible(timeout=WAIT)
    assert page.evaluate(wider) <= 0
    following.click()
    expect(page.locator("[data-at='1.3']")).to_be_attached(timeout=WAIT)
    # A picture leaves room for the words, and does not grow as the answer is brought into view.
    page.goto("/learn?lesson=9&step=2&present=1")
    surface = page.locator(".presented .course-surface")
    expect(page.locator(".presented .st-key-lesson_reveal")).to_be_visible(timeout=WAIT)
    expect(surface).to_be_visible()
    box = surface.bounding_box()
    assert box
    assert box["height"] < 844 / 2
