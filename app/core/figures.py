"""How a count, an amount or a number of hours is written for people: its thousands apart."""

from decimal import Decimal
from typing import Any


def figure(value: Any) -> Any:
    """Write a number as 3,176, 30,418.5 or 30,418.50, with the places it has.

    What is no number stays as it is: words, and the numbers that name something (years, codes,
    telephones), which are kept as words or never come here.
    """
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,f}"
