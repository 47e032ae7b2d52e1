"""What the server process does besides running scripts: start, preloading, WebSockets, page changes."""
