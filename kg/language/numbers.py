"""Numbers as a language writes them; Arabic with Latin digits, as the data have them."""

from __future__ import annotations

from babel.numbers import format_decimal, format_percent

__all__ = ["decimal", "percent", "whole"]


def whole(number: float, code: str = "en") -> str:
    """Return a whole number with its thousands marked.

    Examples
    --------
    >>> whole(1234567)
    '1,234,567'
    """
    return str(format_decimal(number, locale=_locale(code)))


def decimal(number: float, code: str = "en", digits: int = 3) -> str:
    """Return a number to some significant digits; of one from 100, one behind the point.

    Examples
    --------
    >>> decimal(0.12345), decimal(12345.0), decimal(0.5, "fr"), decimal(0.00012)
    ('0.123', '12,345', '0,5', '0.00012')
    """
    form = "@" + "#" * (digits - 1) if abs(number) < 100 else "#,##0.#"
    return str(format_decimal(number, format=form, locale=_locale(code)))


def percent(share: float, code: str = "en", digits: int = 0) -> str:
    r"""Return a share (0 to 1) as per cent.

    Examples
    --------
    >>> percent(0.734), percent(0.7345, "fr", 1)
    ('73%', '73,4\u202f%')
    """
    form = "#,##0" + ("." + "0" * digits if digits else "")
    shown = f"{form}\u202f%" if code == "fr" else f"{form}%"
    return str(format_percent(share, format=shown, locale=_locale(code)))


def _locale(code: str) -> str:
    return "en" if code == "ar" else code
