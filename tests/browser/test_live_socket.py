"""The live socket in a real browser: letters go over it, the page knows them all, and where it is closed nothing is lost."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocket, WebSocketRoute, expect

from tests.app_server import PAINTED

SOCKET_URL = re.compile(r"/live$")
BOX = ".live textarea"


def count_messages(page: Page) -> dict[str, int]:
    """Count the messages that a page sends from now on, over the socket and to its script."""
    counts = {"socket": 0, "page": 0}

    def follow(socket: WebSocket) -> None:
        kind = "socket" if SOCKET_URL.search(socket.url) else "page"

        def count(_: str | bytes) -> None:
            counts[kind] += 1

        socket.on("framesent", count)

    page.on("websocket", follow)
    return counts


@pytest.fixture(scope="module")
def counts(visit: tuple[Page, list[str]]) -> dict[str, int]:
    """What the shared page has sent."""
    page, _ = visit
    return count_messages(page)


@pytest.fixture
def sent(shared_page: Page, counts: dict[str, int]) -> dict[str, int]:
    """The explorer with an empty box whose messages go over the socket, and what it has sent."""
    arrive(shared_page)
    counts.update(socket=0, page=0)
    type_until(shared_page, lambda: counts["socket"] > 0)
    return counts


def type_until(page: Page, is_open: Callable[[], bool]) -> None:
    """Type until letters go over the socket, which the page opens a moment after the first picture; the box is empty then."""
    for length in range(1, 100):
        page.locator(BOX).press_sequentially("a")
        painted(page, "a" * length)
        if is_open():
            break
    page.locator(BOX).fill("")
    painted(page, "")


def arrive(page: Page) -> None:
    """Open the explorer, or go back to it, and empty its box."""
    if page.url == "about:blank":
        page.goto("/")
    elif page.locator(BOX).count() == 0:
        page.get_by_role("link", name="Explore").first.click()
    page.locator(PAINTED).wait_for()
    page.locator(BOX).fill("")
    painted(page, "")


def painted(page: Page, text: str) -> None:
    """Wait until this text is on the screen."""
    page.wait_for_function(f"document.querySelector('.live').dataset.liveLength === '{len(text)}'")
    assert page.locator(BOX).input_value() == text


def test_letters_go_over_the_socket_and_no_script_runs(shared_page: Page, sent: dict[str, int]) -> None:
    page = shared_page
    before, text = dict(sent), "never rests"
    for end, letter in enumerate(text, 1):
        page.locator(BOX).press_sequentially(letter)
        painted(page, text[:end])
    assert sent["socket"] - before["socket"] == len(text)
    assert sent["page"] == before["page"]
    expect(page).to_have_url(re.compile("text=never"))
    assert sent["page"] == before["page"]


@pytest.mark.parametrize("turn", ["layer", "page"])
@pytest.mark.usefixtures("sent")
def test_who_turns_elsewhere_at_once_loses_no_letter(shared_page: Page, turn: str) -> None:
    page = shared_page
    text = "the last letters count"
    page.locator(BOX).press_sequentially(text, delay=30)
    if turn == "page":
        page.get_by_role("link", name="Memory").click()
        box = page.locator(".text-box textarea")
    else:
        page.get_by_role("radio", name="2", exact=True).click()
        expect(page).to_have_url(re.compile("layer=1.*text=the.last.letters.count"))
        box = page.locator(BOX)
    expect(box).to_have_value(text)


def test_a_layer_chosen_while_a_letter_is_under_way_is_shown_with_the_letter(page: Page) -> None:
    text = "under way"
    passed: list[str | bytes] = []
    held: list[Callable[[], None]] = []

    def hold_the_last_letter(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if json.loads(message)["view"]["text"] == text and not held:
                held.append(lambda: server.send(message))
            else:
                passed.append(message)
                server.send(message)

        socket.on_message(pass_on)

    page.route_web_socket(SOCKET_URL, hold_the_last_letter)
    arrive(page)
    type_until(page, lambda: bool(passed))
    page.locator(BOX).press_sequentially(text, delay=60)
    page.get_by_role("radio", name="2", exact=True).click()
    expect(page).to_have_url(re.compile("layer=1"))
    # Its answer is of the layer before.
    held[0]()
    expect(page).to_have_url(re.compile("layer=1.*text=under.way"))


def test_where_the_socket_is_closed_or_breaks_the_page_answers_and_nothing_is_lost(page: Page) -> None:
    sent = count_messages(page)
    breaks: list[bool] = []

    def closed_at_first_and_broken_later(socket: WebSocketRoute) -> None:
        if not breaks:
            socket.close()
            return
        server = socket.connect_to_server()
        passed_messages = []

        def passed_on(message: str | bytes) -> None:
            passed_messages.append(message)
            if len(passed_messages) < 4:
                server.send(message)
            else:
                socket.close(code=1011)

        socket.on_message(passed_on)

    page.route_web_socket(SOCKET_URL, closed_at_first_and_broken_later)
    arrive(page)
    page.locator(BOX).press_sequentially("by the page", delay=40)
    painted(page, "by the page")
    assert sent["page"] > 1

    # The way to another page and back opens another socket.
    breaks.append(True)
    page.get_by_role("link", name="Memory").click()
    expect(page.locator(".text-box textarea")).to_have_value("by the page")
    arrive(page)
    page.locator(BOX).press_sequentially("over the broken bridge", delay=60)
    painted(page, "over the broken bridge")
    page.get_by_role("link", name="Memory").click()
    expect(page.locator(".text-box textarea")).to_have_value("over the broken bridge")
