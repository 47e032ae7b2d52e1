"""The error for input that is not a readable series."""

from __future__ import annotations


class UnreadableSeries(ValueError):
    """The input is not a readable series; the message says what came, what was wanted and what to do.

    `sheets` are the names of the sheets that can be chosen where the file is a spreadsheet.

    Examples:
        >>> from lstm_viz import series
        >>> try:
        ...     series.of_values([1.0, 2.0], "level")
        ... except series.UnreadableSeries as error:
        ...     print(error)
        'level' has 2 values; at least 24 are needed to learn from and to test on
    """

    def __init__(self, message: str, sheets: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.sheets = sheets
