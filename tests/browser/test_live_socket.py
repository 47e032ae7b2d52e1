"""The short road in a real browser: letters take it, the page knows them all, and where it is closed nothing is lost."""

import re

import pytest
from playwright.sync_api import Page, WebSocket, WebSocketRoute, expect

from tests.app_server import PAINTED

SOCKET_URL = re.compile(r"/live$")
BOX = ".live textarea"


@pytest.fixture
def sent(page: Page) -> dict[str, int]:
    """How many messages the browser has sent, on the road and to the page."""
    counts = {"socket": 0, "page": 0}

    def follow(socket: WebSocket) -> None:
        kind = "socket" if SOCKET_URL.search(socket.url) else "page"

        def count(_: str | bytes) -> None:
            counts[kind] += 1

        socket.on("framesent", count)

    page.on("websocket", follow)
    return counts


def arrive(page: Page) -> None:
    """Open the explorer with an empty box."""
    page.goto("/")
    page.locator(PAINTED).wait_for()
    page.locator(BOX).fill("")
    painted(page, "")


def wait_for_socket(page: Page, sent: dict[str, int]) -> None:
    """Wait until messages take the road, which the server opens a moment after the first picture."""
    for length in range(1, 100):
        page.locator(BOX).press_sequentially("a")
        painted(page, "a" * length)
        if sent["socket"]:
            break
    page.locator(BOX).fill("")
    painted(page, "")


def painted(page: Page, text: str) -> None:
    """Wait until this text is on the screen."""
    page.wait_for_function(f"document.querySelector('.live').dataset.liveLength === '{len(text)}'")
    assert page.locator(BOX).input_value() == text


def test_letters_go_over_the_socket_and_no_script_runs(page: Page, sent: dict[str, int]) -> None:
    arrive(page)
    wait_for_socket(page, sent)
    before, text = dict(sent), "never rests"
    for end, letter in enumerate(text, 1):
        page.locator(BOX).press_sequentially(letter)
        painted(page, text[:end])
    assert sent["socket"] - before["socket"] == len(text)
    assert sent["page"] == before["page"]
    expect(page).to_have_url(re.compile("text=never"))
    assert sent["page"] == before["page"]


@pytest.mark.parametrize("turn", ["page", "layer"])
def test_who_turns_elsewhere_at_once_loses_no_letter(page: Page, sent: dict[str, int], turn: str) -> None:
    arrive(page)
    wait_for_socket(page, sent)
    text = "the last letters count"
    page.locator(BOX).press_sequentially(text, delay=30)
    if turn == "page":
        page.get_by_role("link", name="Memory").click()
        box = page.locator(".board-box textarea")
    else:
        page.get_by_role("radio", name="2", exact=True).click()
        expect(page).to_have_url(re.compile("layer=1.*text=the.last.letters.count"))
        box = page.locator(BOX)
    expect(box).to_have_value(text)


def test_where_the_socket_is_closed_the_page_answers(page: Page, sent: dict[str, int]) -> None:
    page.route_web_socket(SOCKET_URL, lambda socket: socket.close())
    arrive(page)
    page.locator(BOX).press_sequentially("by the page", delay=40)
    painted(page, "by the page")
    assert sent["page"] > 1


def test_a_socket_that_breaks_loses_nothing(page: Page, sent: dict[str, int]) -> None:
    def breaks(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        passed_messages = []

        def passed_on(message: str | bytes) -> None:
            passed_messages.append(message)
            if len(passed_messages) < 4:
                server.send(message)
            else:
                socket.close(code=1011)

        socket.on_message(passed_on)

    page.route_web_socket(SOCKET_URL, breaks)
    arrive(page)
    page.locator(BOX).press_sequentially("over the broken bridge", delay=60)
    painted(page, "over the broken bridge")
    page.get_by_role("link", name="Memory").click()
    expect(page.locator(".board-box textarea")).to_have_value("over the broken bridge")
