"""Arithmetic on amounts in yuan; no step loses a fen."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from app.core.figures import figure

FEN = Decimal("0.01")


def split(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Split an amount in yuan by weights, in whole fen, so that the shares add up to it.

    Every share is its exact part rounded down; the fen left over go one each to the
    largest remainders, the earlier of equals first. A weight of 0 receives nothing.
    ValueError: the total has parts of a fen, a weight is negative or all are 0.
    """
    fen = total / FEN
    if fen != fen.to_integral_value():
        raise ValueError(f"{total} has parts of a fen")
    parts = [Decimal(weight) for weight in weights]
    if any(part < 0 for part in parts) or not any(parts):
        raise ValueError("weights must be 0 or more, and one of them more")
    sign, whole = (-1 if fen < 0 else 1), abs(int(fen))
    ratios = _whole_ratios(parts)
    base = sum(ratios)
    shares = [whole * ratio // base for ratio in ratios]
    remainders = [whole * ratio % base for ratio in ratios]
    by_remainder = sorted(range(len(ratios)), key=lambda place: -remainders[place])
    for place in by_remainder[: whole - sum(shares)]:
        shares[place] += 1
    return [sign * share * FEN for share in shares]


def yuan(value: Decimal | int | None) -> str:
    """Show an amount with thousands and two places, as 1,234.50; nothing for no amount."""
    if value is None:
        return ""
    return str(figure(Decimal(value).quantize(FEN, rounding=ROUND_HALF_UP)))


def _whole_ratios(parts: list[Decimal]) -> list[int]:
    """Return the weights as integers in the same ratio."""
    places = max(0, *(-int(part.as_tuple().exponent) for part in parts))
    return [int(part.scaleb(places)) for part in parts]
