"""Thresholds: what a rule declares, an alert shows; so a rule reads what it declares."""

import pytest

from app.core import clock, rules


class Watched(rules.Limits):
    """Thresholds that remember which of them were asked for."""

    def __init__(self, rule):
        super().__init__(rule, rules.Layers())
        self._read = set()

    def city(self, name):
        self._read.add(name)
        return super().city(name)

    def __getattr__(self, name):
        if not name.startswith("_"):
            self._read.add(name)
        return super().__getattr__(name)


@pytest.mark.parametrize("code", ["PERS-001", "ATT-001", "WAGE-001", "EVT-001"])
def test_a_rule_reads_every_threshold_it_declares(work, code):
    rule = rules.get(code)
    limits = Watched(rule)

    rule.select(limits, rules.Reach(clock.today()))

    steps = {step for step in rule.raise_after if isinstance(step, str)}
    assert set(rule.parameters) == limits._read | steps
