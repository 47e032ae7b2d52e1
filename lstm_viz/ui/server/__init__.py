"""What the server process does beside running scripts: start, preload, the live web socket."""
