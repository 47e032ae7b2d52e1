"""A clock that stands still until a test moves it."""


class ManualClock:
    """Seconds, as `time.monotonic` gives them; only `advance` makes them pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds
