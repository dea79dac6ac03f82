"""The machinery of the benchmarks, not their figures."""

from bench import registry
from bench.registry import Outcome, measure, table


def test_a_benchmark_is_measured_beside_its_floor_within_bounds(monkeypatch):
    monkeypatch.setattr(registry, "_registry", registry._Registry())
    calls = {"ours": 0, "floor": 0, "prepared": 0}

    def prepare():
        calls["prepared"] += 1
        return "context"

    def bare(context):
        assert context == "context"
        calls["floor"] += 1

    @registry.benchmark("a list", floor=bare, at_most=1e9, prepare=prepare)
    def ours(context):
        assert context == "context"
        calls["ours"] += 1

    found = measure(registry.benchmarks()[0], rounds=5)

    assert calls == {"ours": 8, "floor": 8, "prepared": 1}
    assert found.floor_name == "bare"
    assert found.holds


def test_something_slow_is_run_once_and_no_longer(monkeypatch):
    monkeypatch.setattr(registry, "_registry", registry._Registry())
    calls = []
    registry.benchmark("slow", floor=calls.append)(calls.append)

    measure(registry.benchmarks()[0], rounds=1, seconds=0)

    assert len(calls) == 4, "once to warm up and once to measure, on either side"


def test_the_table_shows_ours_floor_ratio_and_what_exceeds_its_limit():
    text = table([
        Outcome("fine", 12.0, "bare SQL", 10.0, at_most=1.5),
        Outcome("slow", 40.0, "bare SQL", 10.0, at_most=2),
    ])  # fmt: skip
    lines = text.splitlines()
    assert lines[0].split() == ["benchmark", "ours", "ms", "floor", "ms", "ratio", "at", "most",
                                "floor"]  # fmt: skip
    assert lines[2].split()[:5] == ["fine", "12.00", "10.00", "1.20", "1.5"]
    assert "EXCEEDED" in lines[3]
