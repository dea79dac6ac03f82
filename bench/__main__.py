"""Run the benchmarks: ``python -m bench [part of a name ...]``.

Every module ``bench/bench_*.py`` is read; what they declare is measured on a state folder of
its own (VAR, by default ``var/bench``) and printed as one table. The exit code is 1 when a
ratio exceeds its limit.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

from bench import registry

HERE = Path(__file__).resolve().parent


def main(wanted: list[str]) -> int:
    """Measure what was asked for, or everything."""
    os.environ.setdefault("VAR", str(HERE.parent / "var" / "bench"))
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    for path in sorted(HERE.glob("bench_*.py")):
        import_module(f"bench.{path.stem}")
    outcomes = []
    for item in registry.benchmarks():
        if wanted and not any(part in item.name for part in wanted):
            continue
        print(f"{item.name} ...", file=sys.stderr, flush=True)  # noqa: T201 - a tool prints
        outcomes.append(registry.measure(item))
    print(registry.table(outcomes))  # noqa: T201 - a tool prints
    return 0 if all(outcome.holds for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
