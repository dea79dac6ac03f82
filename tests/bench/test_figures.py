"""Every figure the product is held to has its benchmark, with a limit."""

from importlib import import_module
from pathlib import Path

import pytest

import bench
from bench import registry

FIGURES = (
    "10,000 workers by sheet: uploaded", "10,000 workers by sheet: preview",
    "10,000 workers by sheet: import", "10,000 workers by sheet: peak memory",
    "template of workers", "roster export of 20,000 workers",
    "roster export of 20,000 workers: peak memory",
    "worker_list of 100,000, government, the page", "worker_list of 100,000, government, a name",
    "worker_list of 100,000, government, no punch for 7 days",
    "worker_list of a project, tenant, the page", "worker_list of a project, tenant, a name",
    "punches by interface, 20 a call, a thousand", "punches by interface, 100 a call, a thousand",
    "punches by interface, 20 a call: p99", "signature and decryption of a call of 20",
)  # fmt: skip


@pytest.fixture(scope="module")
def declared():
    for path in Path(bench.__file__).parent.glob("bench_*.py"):
        import_module(f"bench.{path.stem}")
    return registry.benchmarks()


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_measured_against_a_limit(declared, figure):
    found = [item for item in declared if item.name.startswith(figure)]

    assert found
    assert all(item.at_most is not None for item in found)


def test_every_filter_of_the_list_is_measured_for_officials_and_contractors(declared):
    names = [item.name for item in declared if item.name.startswith("worker_list of ")]
    halves = {who: {name.split(", ")[-1] for name in names if f", {who}, " in name}
              for who in ("government", "tenant")}  # fmt: skip

    assert halves["government"] == halves["tenant"]
    assert len(halves["tenant"]) >= 11
