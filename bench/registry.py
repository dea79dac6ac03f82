"""Declaring benchmarks, measuring them within bounds, printing the table."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

WARM_UP = 3  # runs before measuring: caches and connections are not what is measured
ROUNDS = 50  # at most so many runs of each side
SECONDS = 10.0  # and no longer than this for each side


@dataclass
class Outcome:
    """One line of the table: milliseconds of ours and of the floor, the limit of the ratio."""

    name: str
    ours: float
    floor_name: str
    floor: float
    at_most: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """Give ours divided by the floor."""
        return self.ours / self.floor if self.floor else float("inf")

    @property
    def holds(self) -> bool:
        """Tell whether the ratio is within its limit; no limit always holds."""
        return self.at_most is None or self.ratio <= self.at_most


class Measured(NamedTuple):
    """What a run measured itself, such as in another process; the note stands beside the figure."""

    figure: float
    note: str = ""


@dataclass
class Benchmark:
    """A declared benchmark: ``function(context)`` and ``floor(context)`` do one run each.

    With ``prepare`` the context is made first, outside the measurement. A run that takes seconds
    is done ``once``, without a warm-up; one that gives a ``Measured`` is not timed.
    """

    name: str
    function: Callable[[Any], Any]
    floor: Callable[[Any], Any]
    floor_name: str
    at_most: float | None
    prepare: Callable[[], Any] | None
    note: str
    once: bool = False


@dataclass
class _Registry:
    found: dict[str, Benchmark] = field(default_factory=dict)


_registry = _Registry()


def benchmark(
    name: str, *, floor: Callable[[Any], Any], floor_name: str = "", at_most: float | None = None,
    prepare: Callable[[], Any] | None = None, note: str = "", once: bool = False,
) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:  # fmt: skip
    """Declare a benchmark beside its floor; ``at_most`` is the limit of the ratio."""

    def declare(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        words = floor_name or floor.__name__.replace("_", " ")
        _registry.found[name] = Benchmark(
            name, function, floor, words, at_most, prepare, note, once
        )
        return function

    return declare


def benchmarks() -> list[Benchmark]:
    """Give the declared benchmarks in order of declaration."""
    return list(_registry.found.values())


def measure(item: Benchmark, *, rounds: int = ROUNDS, seconds: float = SECONDS) -> Outcome:
    """Measure both sides of a benchmark in turns, so that a busy moment falls on both alike."""
    context = item.prepare() if item.prepare else None
    rounds = 1 if item.once else rounds
    for _n in range(0 if item.once else min(WARM_UP, rounds)):
        item.floor(context)
        item.function(context)
    floor: list[Measured] = []
    ours: list[Measured] = []
    end = time.perf_counter() + 2 * seconds
    while len(ours) < rounds and (not ours or time.perf_counter() < end):
        floor.append(_milliseconds(item.floor, context))
        ours.append(_milliseconds(item.function, context))
    note = f"{item.note} {ours[-1].note}".strip()
    return Outcome(item.name, _middle(ours), item.floor_name, _middle(floor), item.at_most, note)


def _middle(found: list[Measured]) -> float:
    return statistics.median(one.figure for one in found)


def _milliseconds(run: Callable[[Any], Any], context: Any) -> Measured:
    began = time.perf_counter()
    answer = run(context)
    took = (time.perf_counter() - began) * 1000
    return answer if isinstance(answer, Measured) else Measured(took)


def table(outcomes: list[Outcome]) -> str:
    """Give the outcomes as text: name, ours, floor, ratio, limit."""
    head = ("benchmark", "ours ms", "floor ms", "ratio", "at most", "floor")
    rows = [
        (
            o.name, f"{o.ours:,.2f}", f"{o.floor:,.2f}", f"{o.ratio:.2f}",
            "" if o.at_most is None else f"{o.at_most:g}{'' if o.holds else '  EXCEEDED'}",
            f"{o.floor_name}  {o.note}".rstrip(),
        )
        for o in outcomes
    ]  # fmt: skip
    widths = [max(len(str(line[i])) for line in [head, *rows]) for i in range(len(head))]
    lines = [
        "  ".join(
            text.ljust(width) if i in {0, len(head) - 1} else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [head, *rows]
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
