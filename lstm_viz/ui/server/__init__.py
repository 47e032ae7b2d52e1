"""The server process besides running scripts: start, preload, the live WebSocket."""
