"""A class in a real browser: a teacher and two pupils, from the code to the reveal and the end."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

import lstm_viz
from lstm_viz.classroom.cleaning import MAX_NAME
from lstm_viz.gates import quantity
from tests.ui.components.classroom.room_server import browser as connected
from tests.ui.components.classroom.room_server import run

LINES = {"Ada": "To be, or not", "": "<b>Bo</b> & \u202eco"}


@contextmanager
def opened_class(page: Page) -> Iterator[str]:
    """Open a class on a page, yield its code, and end the class."""
    page.goto("/classroom")
    page.get_by_role("button", name="Open a class").click()
    opened = page.locator("[data-room]")
    expect(opened).to_be_visible()
    yield str(opened.get_attribute("data-room"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="End the class").click()
    expect(page.get_by_role("button", name="Open a class")).to_be_visible()


def join(pupil: Page, code: str, name: str = "") -> Page:
    """Join a class by its link, and return the page."""
    pupil.goto(f"/classroom?room={code}")
    pupil.get_by_label("Your nickname").press_sequentially(name)
    pupil.get_by_role("button", name="Join").click()
    return pupil


def test_a_teacher_and_two_pupils(page: Page, profile: BrowserContext) -> None:
    with opened_class(page) as code:
        expect(page.locator(".room-code-large")).to_have_text(code)
        pupils: list[Page] = []
        for name, line in LINES.items():
            pupil = join(profile.new_page(), code, name)
            pupil.get_by_label("Your line on the wall").fill(line)
            pupils.append(pupil)
        ada, other = pupils
        # What was typed is text, and in reading direction.
        expect(page.locator("[data-member='1'] .room-line")).to_have_text(LINES["Ada"])
        expect(page.locator("[data-member='2'] .room-line")).to_have_text("<b>Bo</b> & co")
        expect(page.locator("[data-member='2'] .room-name")).to_have_text("Pupil 2")
        assert page.locator("[data-member='2'] .room-line b").count() == 0
        # One line large: on the phones too.
        page.locator("[data-member='1']").hover()
        page.get_by_label("Show Ada's line large").click()
        expect(other.locator(".room-large-text")).to_have_text(LINES["Ada"])
        # Each letter has its value as a tooltip, the network's own.
        read = lstm_viz.trace(lstm_viz.load("python-lstm"), LINES["Ada"]).layers[0].f[:, 0].mean(axis=1)
        shown = [float(each.get_attribute("title") or "nan") for each in other.locator(".room-large-text span").all()]
        assert shown == pytest.approx(read.tolist(), abs=0.0051)
        # Hidden: neither the wall's large line nor the phones show it.
        page.get_by_label("Hide Ada's line").click()
        expect(other.locator(".room-large-text")).to_have_count(0)
        # A vote: answers come in, the phones learn of them with the reveal.
        page.get_by_role("button", name="Vote").click()
        # A refused text stays where it was typed, and the refusal goes with the next one.
        text, said = page.get_by_label("about"), page.locator(".room-page > .room-note")
        for written, refused in (("a", True), ("To be, or not to be", False)):
            text.fill(written)
            page.get_by_role("button", name="Ask the class").click()
            if refused:
                expect(said).not_to_be_empty()
                expect(text).to_have_value(written)
        expect(page.locator(".room-vote")).to_be_visible()
        expect(text).to_be_hidden()
        expect(said).to_be_empty()
        for pupil, letter in ((ada, "2: o"), (other, "4: b")):
            pupil.get_by_role("button", name=letter, exact=True).click()
            expect(pupil.get_by_role("button", name=letter, exact=True)).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".room-vote")).to_contain_text("2 of 2 have answered")
        expect(other.locator(".room-strip")).to_have_count(0)
        page.get_by_role("button", name="Reveal").click()
        expect(other.locator(".room-strip")).to_have_count(2)
        expect(page.locator(".room-right")).to_contain_text("of 2 were right")
        # Each phone says whether its own answer is one of the three places where the gate is lowest.
        forget = lstm_viz.trace(lstm_viz.load("python-lstm"), "To be, or not to be").layers[0].f[:, 0].mean(axis=1)
        lowest = sorted(range(1, len(forget)), key=forget.__getitem__)[:3]
        for pupil, step in ((ada, 1), (other, 3)):
            expect(pupil.locator(".room-own")).to_have_attribute("data-right", str(step in lowest).lower())
        # A reload comes back as who it was.
        ada.reload()
        expect(ada.locator("[data-joined='1']")).to_be_visible()
        expect(ada.get_by_label("Your line on the wall")).to_have_value(LINES["Ada"])
        page.reload()
        expect(page.locator("[data-cards='2']")).to_be_visible()
    expect(other.get_by_role("alert")).to_contain_text("over")


def test_a_vote_asks_about_a_gate_that_the_chosen_network_has(page: Page) -> None:
    with opened_class(page):
        page.get_by_role("button", name="Vote").click()
        network, tap = page.get_by_label("Network"), page.locator(".room-ask option[value=tap]")
        colours = page.get_by_label("Colour by").locator("option")
        for name, gate, others in (
            ("shakespeare-gru", quantity("gru", "z").name, [quantity("lstm", "f").name]),
            ("shakespeare-lstm", quantity("lstm", "f").name, [quantity("gru", "z").name]),
        ):
            network.select_option(name)
            expect(tap).to_contain_text(gate)
            expect(tap).to_be_enabled()
            for offered in (tap, colours.first):
                for other in others:
                    expect(offered).not_to_contain_text(other)
        # A plain RNN has no gate: the other question is chosen, with its own example.
        network.select_option("shakespeare-rnn")
        expect(tap).to_be_disabled()
        expect(page.get_by_label("Question")).to_have_value("choice")
        expect(colours.filter(has_text="gate")).to_have_count(0)
        page.get_by_role("button", name="Ask the class").click()
        expect(page.locator(".room-vote .room-quote")).not_to_be_empty()


def test_a_name_stands_on_the_wall_as_it_was_typed_and_a_cleared_box_is_empty(page: Page, profile: BrowserContext) -> None:
    with opened_class(page) as code:
        pupil = profile.new_page()
        pupil.goto(f"/classroom?room={code}")
        nickname = pupil.get_by_label("Your nickname")
        nickname.press_sequentially("שרה " * 12)
        typed = nickname.input_value()
        assert len(typed) == MAX_NAME
        pupil.get_by_role("button", name="Join").click()
        box, written = pupil.get_by_label("Your line on the wall"), pupil.locator(".room-write .room-note")
        box.fill("To be")
        name = page.locator("[data-member='1'] .room-name")
        expect(name).to_have_text(typed.strip())
        # A name from the right to the left begins at the right, as its line would.
        expect(name).to_have_css("direction", "rtl")
        expect(written).to_contain_text("5")
        expect(page.locator("[data-member='1'] .room-line")).to_have_text("To be")
        page.get_by_role("button", name="Clear").click()
        expect(box).to_have_value("")
        expect(written).to_have_text("")


def test_an_answer_that_a_lost_connection_swallowed_is_sent_again(page: Page, profile: BrowserContext) -> None:
    with opened_class(page) as code:
        pupil = profile.new_page()
        connections: list[WebSocketRoute] = []

        def connect(socket: WebSocketRoute) -> None:
            """Let everything through, but for the answers of the first connection."""
            server = socket.connect_to_server()
            if not connections:
                socket.on_message(lambda message: None if '"answer"' in str(message) else server.send(message))
            connections.append(socket)

        pupil.route_web_socket(re.compile("/room$"), connect)
        pupil.goto(f"/classroom?room={code}")
        pupil.get_by_role("button", name="Join").click()
        page.get_by_role("button", name="Vote").click()
        page.get_by_role("button", name="Ask the class").click()
        letter = pupil.locator(".room-letters button").nth(3)
        letter.click()
        expect(letter).to_have_attribute("aria-pressed", "true")
        # The only tap stays: an answer names one place at least.
        letter.click()
        expect(letter).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".room-vote")).to_contain_text("0 of 1")
        sending = pupil.locator(".room-vote .room-note").last.inner_text()
        connections[0].close()
        expect(page.locator(".room-vote")).to_contain_text("1 of 1")
        expect(letter).to_have_attribute("aria-pressed", "true")
        expect(pupil.locator(".room-vote .room-note").last).not_to_have_text(sending)


@pytest.mark.parametrize("count", [40, 56])
def test_a_large_class_is_in_view_on_the_projector(page: Page, app_url: str, count: int) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    with opened_class(page) as code:

        async def fill() -> None:
            for _ in range(count):
                async with connected(app_url.removeprefix("http://"), "join", room=code, name="", token="") as pupil:
                    await pupil.until("joined")
                    await pupil.send("line", line="To be, or not to be, that is the question", clears=0)
                    await pupil.until("shown")

        run(fill)
        expect(page.locator(f"[data-cards='{count}']")).to_be_visible()
        page.get_by_role("button", name="Present", exact=True).click()
        cards = page.locator(".presented .room-card")
        expect(cards).to_have_count(count)
        # All above the presenter's line, in type that is read from the last row.
        page.wait_for_function(
            """() => [...document.querySelectorAll(".presented .room-card")].every((card) => {
                const { top, bottom } = card.getBoundingClientRect();
                return top >= 0 && bottom <= document.querySelector(".present-bar").getBoundingClientRect().top;
            })"""
        )
        sizes = "(lines) => lines.map((line) => parseFloat(getComputedStyle(line).fontSize))"
        assert min(cards.locator(":is(.room-line, .room-name)").evaluate_all(sizes)) >= 24
        page.keyboard.press("Escape")


def test_a_wrong_code_leaves_the_nickname_in_the_form(page: Page) -> None:
    page.goto("/classroom")
    page.get_by_label("Code on the wall").fill(" qq qq")
    page.get_by_label("Your nickname").fill("Zoë")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_label("Your nickname")).to_have_value("Zoë")
    expect(page.get_by_label("Code on the wall")).to_have_value("QQQQ")


def test_a_vote_that_nobody_has_answered_is_revealed_without_a_share(page: Page) -> None:
    with opened_class(page):
        page.get_by_role("button", name="Vote").click()
        page.get_by_role("button", name="Ask the class").click()
        page.get_by_role("button", name="Reveal").click()
        expect(page.locator(".room-vote .room-strip")).to_have_count(1)
        expect(page.locator(".room-vote .room-right")).not_to_contain_text(re.compile(r"\d"))
