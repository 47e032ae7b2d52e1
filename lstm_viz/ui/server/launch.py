"""Start the app from the command line, wherever the package is installed."""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
from collections.abc import Sequence

from lstm_viz.ui.frontend.plotly_asset import app_folder

#: Streamlit's default port; the next free one is taken if it is in use.
FIRST_PORT = 8501
_TRIED_PORTS = 100


def launch(options: tuple[str, ...], host: str | None = None, for_class: bool = False) -> int:
    """Run Streamlit on app.py and return its exit status.

    Args:
        options: Streamlit's own options, such as `--server.port 8502`.
        host: The address to listen on; None for Streamlit's setting, by default every network of this computer.
        for_class: Print the addresses by which others reach the app, with a QR code, before it starts.

    Raises:
        ValueError: `for_class` with a `host` that no other computer can reach.
    """
    folder = app_folder()
    arguments = list(options)
    if host is not None:
        arguments += ["--server.address", host]
    if for_class:
        port = _port(arguments)
        if port is None:
            port = free_port(FIRST_PORT)
            arguments += ["--server.port", str(port)]
        print_for_class(host if host is not None else option(arguments, "server.address") or "", port, _path(arguments))
        sys.stdout.flush()
    # Streamlit reads .streamlit/config.toml from the working directory.
    return subprocess.call([sys.executable, "-m", "streamlit", "run", str(folder / "app.py"), *arguments], cwd=folder)


def print_for_class(host: str, port: int, path: str = "/") -> None:
    """Print by which addresses others reach the app, and the QR code of the first.

    Raises:
        ValueError: No other computer can reach `host`.
    """
    import segno

    from lstm_viz.ui.state.network_address import EVERYWHERE, is_own_computer, lan_addresses

    if host not in EVERYWHERE and is_own_computer(host):
        raise ValueError(f"only this computer can reach a server at {host}; for a class use --host 0.0.0.0")
    addresses = lan_addresses() if host in EVERYWHERE else [host]
    print(class_notice(addresses, port, path))
    if addresses:
        code = io.StringIO()
        segno.make(links(addresses, port, path)[0], micro=False).terminal(code, compact=True)
        # Black on white whatever the terminal's own colours.
        around = ("\x1b[97;40m", "\x1b[0m") if sys.stdout.isatty() else ("", "")
        try:
            print("\n".join(f"{around[0]}{line}{around[1]}" for line in code.getvalue().splitlines()))
        except UnicodeEncodeError:
            print("(This terminal cannot draw the QR code; the app shows it under Share.)")


def class_notice(addresses: Sequence[str], port: int, path: str = "/") -> str:
    """Return the lines that tell a teacher by which addresses a class reaches the app.

    >>> print(class_notice(["192.168.1.5"], 8501))
    For the class: http://192.168.1.5:8501/
    The app shows the same under Share, with a QR code for each page.
    """
    addresses_of_app = links(addresses, port, path)
    if not addresses_of_app:
        return (
            "This computer is on no network: no other computer can reach the app. Join one (Wi-Fi or cable), start again.\n"
            f"It still opens on this computer: http://localhost:{port}{path}"
        )
    lines = [f"For the class: {addresses_of_app[0]}"]
    if len(addresses_of_app) > 1:
        lines.append("This computer is on several networks. If that address does not open, try:")
        lines += [f"               {link}" for link in addresses_of_app[1:]]
    return "\n".join([*lines, "The app shows the same under Share, with a QR code for each page."])


def links(addresses: Sequence[str], port: int, path: str = "/") -> list[str]:
    """Return the app's address at each of a computer's addresses."""
    from lstm_viz.ui.state.network_address import in_url

    return [f"http://{in_url(address)}:{port}{path}" for address in addresses]


def option(arguments: Sequence[str], name: str) -> str | None:
    """Return the value of one of Streamlit's options, `--name value` or `--name=value`, or of its environment variable."""
    value = os.environ.get("STREAMLIT_" + re.sub(r"(?=[A-Z])|\.", "_", name).upper())
    for index, argument in enumerate(arguments):
        if argument.startswith(f"--{name}="):
            value = argument.split("=", 1)[1]
        elif argument == f"--{name}" and index + 1 < len(arguments):
            value = arguments[index + 1]
    return value


def free_port(first: int) -> int:
    """Return the first free port from `first` on; `first` itself if none is."""
    for port in range(first, min(first + _TRIED_PORTS, 65536)):
        with socket.socket() as candidate:
            if os.name == "posix":
                # A port is free while connections of a server that has ended are still being closed.
                candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("", port))
            except OSError:
                continue
            return port
    return first


def _port(arguments: Sequence[str]) -> int | None:
    """Return the port that the options name; None for anything that is not a port, which Streamlit itself refuses."""
    value = option(arguments, "server.port") or ""
    return int(value) if value.isascii() and value.isdecimal() and int(value) < 65536 else None


def _path(arguments: Sequence[str]) -> str:
    """Return the path under which Streamlit serves the app."""
    base = (option(arguments, "server.baseUrlPath") or "").strip("/")
    return f"/{base}/" if base else "/"
