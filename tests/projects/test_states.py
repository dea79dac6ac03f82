"""Every move of the flows is in the table of screens.md 20, and no other."""

import pytest

from app.projects.choices import ProjectState as P
from app.projects.choices import UnitState as U
from app.projects.states import PROJECT_FLOW, UNIT_FLOW

PROJECT = {
    (P.DRAFT, P.SUBMITTED), (P.RETURNED, P.SUBMITTED), (P.SUBMITTED, P.DRAFT),
    (P.SUBMITTED, P.APPROVED), (P.SUBMITTED, P.RETURNED), (P.SUBMITTED, P.REJECTED),
    (P.APPROVED, P.ACTIVE), (P.ACTIVE, P.SUSPENDED), (P.SUSPENDED, P.ACTIVE),
    (P.ACTIVE, P.COMPLETED), (P.COMPLETED, P.ARCHIVED),
}  # fmt: skip
# 待接受 → 待注册 follows from 5.2: what is sent to a code nobody has waits for its registration
UNIT = {
    (U.INVITED, U.WAITING_REGISTRATION),
    (U.WAITING_REGISTRATION, U.INVITED), (U.INVITED, U.ACCEPTED), (U.INVITED, U.DECLINED),
    (U.INVITED, U.WITHDRAWN), (U.WAITING_REGISTRATION, U.WITHDRAWN), (U.INVITED, U.EXPIRED),
    (U.WAITING_REGISTRATION, U.EXPIRED), (U.DECLINED, U.INVITED), (U.EXPIRED, U.INVITED),
    (U.WAITING_REGISTRATION, U.EXITED), (U.INVITED, U.EXITED), (U.ACCEPTED, U.EXITED),
    (U.REGISTERED, U.EXITED), (U.DECLINED, U.EXITED), (U.EXPIRED, U.EXITED),
}  # fmt: skip


@pytest.mark.parametrize(("flow", "moves"), [(PROJECT_FLOW, PROJECT), (UNIT_FLOW, UNIT)])
def test_the_flow_has_exactly_the_moves_of_the_table(flow, moves):
    assert {(source, m.target) for m in flow.transitions for source in m.origins} == moves
