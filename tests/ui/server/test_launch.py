"""Starting the app for a class: what is printed, and what is handed to Streamlit."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from lstm_viz.__main__ import main
from lstm_viz.ui.server.launch import class_notice, free_port, option
from lstm_viz.ui.state import network_address


def started(
    monkeypatch: pytest.MonkeyPatch, *arguments: str, addresses: tuple[str, ...] = ("192.168.1.5",)
) -> tuple[str, list[str]]:
    """What `lstm-viz app` prints, and the arguments that Streamlit gets."""
    commands: list[list[str]] = []

    def call(command: list[str], cwd: Path) -> int:
        commands.append(command)
        return 0

    monkeypatch.setattr("subprocess.call", call)
    monkeypatch.setattr(network_address, "lan_addresses", lambda: list(addresses))
    result = CliRunner().invoke(main, ["app", *arguments])
    assert result.exit_code == 0, result.output
    return result.output, commands[0][5:]


def test_a_class_is_told_the_address_and_sees_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    printed, passed = started(monkeypatch, "--host", "0.0.0.0", "--class", "--server.port", "8693")
    assert "http://192.168.1.5:8693/" in printed
    assert passed == ["--server.port", "8693", "--server.address", "0.0.0.0"]
    code = [line for line in printed.splitlines() if set("▀▄█").intersection(line) or "\x1b[" in line]
    # Version 2 with its quiet zone is 33 squares high, two to a line.
    assert len(code) in (16, 17)


def test_without_the_option_nothing_is_printed_and_options_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert started(monkeypatch, "--server.port=8502", "--server.headless", "true") == (
        "", ["--server.port=8502", "--server.headless", "true"],
    )  # fmt: skip


def test_every_address_is_printed_the_best_first(monkeypatch: pytest.MonkeyPatch) -> None:
    printed, _ = started(
        monkeypatch, "--class", "--server.port=8693", "--server.baseUrlPath=lstm", addresses=("192.168.1.5", "10.0.0.7")
    )
    assert printed.index("http://192.168.1.5:8693/lstm/") < printed.index("http://10.0.0.7:8693/lstm/")


def test_without_a_network_it_is_said_and_the_app_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    printed, passed = started(monkeypatch, "--class", "--server.port=8693", addresses=())
    assert "no network" in printed
    assert "http://localhost:8693/" in printed
    assert passed == ["--server.port=8693"]


def test_a_server_that_only_this_computer_reaches_is_refused_for_a_class() -> None:
    result = CliRunner().invoke(main, ["app", "--host", "localhost", "--class", "--server.port=8693"])
    assert result.exit_code == 2
    assert "--host 0.0.0.0" in result.output


def test_a_port_in_use_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port or port == 65535


def test_options_are_found_in_each_form(monkeypatch: pytest.MonkeyPatch) -> None:
    assert option(["--server.port", "1", "--server.port=2"], "server.port") == "2"
    assert option(["--server.port"], "server.port") is None
    monkeypatch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", "lstm")
    assert option([], "server.baseUrlPath") == "lstm"


def test_a_notice_names_no_address_that_is_not_there() -> None:
    assert "http://" not in class_notice(["fe80::1"], 1).replace("http://[fe80::1]:1/", "")
