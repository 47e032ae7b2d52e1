"""The class's WebSocket: lines of pupils are read and coloured, and votes answered by a network."""
