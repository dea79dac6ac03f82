"""Every state of every flow has a colour on purpose."""

from app.core.columns.base import specs
from app.core.columns.codes import TONES, State
from app.core.models import mapped

KNOWN = {"grey", "blue", "amber", "red", "green"}


def test_every_state_has_a_tone(app):
    states = {
        f"{spec.kind.choice.__name__}.{member.name}": TONES.get(member.name)
        for model in mapped()
        for spec in specs(model).values()
        if isinstance(spec.kind, State)
        for member in spec.kind.choice
    }

    assert len(states) > 30
    assert {name for name, tone in states.items() if tone not in KNOWN} == set()
