"""Numbers in sentences and tables: a true minus sign, no sign for what rounds to zero, and no zero for what is none."""

from __future__ import annotations

import math

#: Magnitudes outside this range are written with a power of ten.
_PLAIN = (1e-3, 1e7)
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def with_minus_sign(text: str) -> str:
    """Replace the hyphen of a formatted number by a minus sign.

    Args:
        text: The number as Python formats it.

    Returns:
        The number with "−" in place of "-".

    Examples:
        >>> with_minus_sign("-0.5")
        '−0.5'
    """
    return text.replace("-", "−")


def format_fixed(value: float, digits: int = 2) -> str:
    """Format a number with a fixed number of decimals; what rounds to zero has no sign.

    Args:
        value: The number.
        digits: How many decimals.

    Returns:
        The number.

    Examples:
        >>> format_fixed(-0.5), format_fixed(-0.001)
        ('−0.50', '0.00')
    """
    text = f"{value:.{digits}f}"
    return with_minus_sign(text if float(text) else text.lstrip("-"))


def format_signed(value: float, digits: int = 2) -> str:
    """Format a number with its sign and a fixed number of decimals; what rounds to zero has no sign.

    Args:
        value: The number.
        digits: How many decimals.

    Returns:
        The number, with "+" or "−".

    Examples:
        >>> format_signed(0.5), format_signed(-0.5, 1), format_signed(-0.001)
        ('+0.50', '−0.5', '0.00')
    """
    text = format_fixed(value, digits)
    return f"+{text}" if value > 0 and float(f"{value:.{digits}f}") else text


def format_number(value: float, digits: int = 3, sign: bool = False) -> str:
    """Format a number of any size with a number of significant digits; digits before the point are never rounded away.

    Args:
        value: The number.
        digits: How many significant digits.
        sign: Also write the sign of a positive number.

    Returns:
        The number, with commas between thousands; with a power of ten if plain decimals would be mostly zeros, and "–" for NaN.

    Examples:
        >>> format_number(-0.0123, 2), format_number(12345.6), format_number(4.19e-36), format_number(0.25, sign=True)
        ('−0.012', '12,346', '4.19·10⁻³⁶', '+0.250')
    """
    if math.isnan(value):
        return "–"
    plus = "+" if sign and value > 0 else ""
    if value == 0 or math.isinf(value):
        return plus + with_minus_sign("0" if value == 0 else f"{value:g}".replace("inf", "∞"))
    rounded = f"{value:.{digits - 1}e}"
    leading, power = rounded.split("e")
    if _PLAIN[0] <= abs(float(rounded)) < _PLAIN[1]:
        return plus + with_minus_sign(f"{value:,.{max(0, digits - 1 - int(power))}f}")
    return f"{plus}{with_minus_sign(leading)}·10{str(int(power)).translate(_RAISED)}"


def format_general(value: float) -> str:
    """Format a number as short as it was given, with at most six significant digits.

    Args:
        value: The number, such as the position of a slider.

    Returns:
        The number.

    Examples:
        >>> format_general(-1.5), format_general(4.0)
        ('−1.5', '4')
    """
    return with_minus_sign(f"{value + 0.0:g}")    # −0.0 + 0.0 is 0.0


def format_small(value: float) -> str:
    """Format a positive number with the first two digits after its zeros, without a power of ten.

    Args:
        value: The number, 0 or more.

    Returns:
        The number.

    Examples:
        >>> format_small(0.0000131), format_small(0.25)
        ('0.000013', '0.25')
    """
    return f"{value:.{max(2, 1 - math.floor(math.log10(value)))}f}" if value > 0 else "0"


def format_percent(share: float, digits: int = 0) -> str:
    """Format a share as a percentage: 0% and 100% stand for exactly none and all.

    Args:
        share: The share, 0 to 1; a factor may be larger.
        digits: How many decimals.

    Returns:
        The percentage; "<1%" and ">99%" for what would round to 0% or 100% and is not.

    Examples:
        >>> format_percent(0.123), format_percent(0.0004), format_percent(0.9996), format_percent(1.0)
        ('12%', '<1%', '>99%', '100%')
    """
    text, least = f"{share:.{digits}%}", 10.0**-digits
    if share > 0 and not float(text[:-1]):
        return f"<{least:.{digits}f}%"
    if share < 1 and float(text[:-1]) == 100.0:
        return f">{100 - least:.{digits}f}%"
    return text


def format_count(count: int, noun: str) -> str:
    """Format how many of a thing there are, with the noun in the singular or the plural.

    Args:
        count: How many.
        noun: The noun in the singular, with a plural in s.

    Returns:
        The count and the noun.

    Examples:
        >>> format_count(1, "letter"), format_count(1200, "letter")
        ('1 letter', '1,200 letters')
    """
    return f"{count:,} {noun}{'s' * (count != 1)}"
