"""No state changes but through its flow, and every move is written down."""

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core import clock, scope
from app.core.errors import IllegalMove, NotAllowed
from app.core.states import history
from app.extensions import db
from app.incidents.models import Incident, WatchEntry
from app.openapi.models import ApiClient
from app.roster.models import PersonCorrection, StaffMember
from app.wages.models import (
    AccountTransaction,
    AllocationPlan,
    PayrollPlan,
    Transfer,
    WageAccount,
)
from tests.factories import people, states, wages
from tests.house.machines import machines, model_of, states_of
from tests.house.test_strangers import model_views, route
from tests.house.victim import Victim
from tests.house.world import World

ALL = machines()
ILLEGAL = [
    pytest.param(machine, verb, state, id=f"{name}-{verb}-{state.name}")
    for name, machine in ALL
    for verb in sorted({move.verb for move in machine.transitions})
    for state in states_of(machine)
    if machine.transition(verb, state) is None
]
NAMED = [pytest.param(machine, id=name) for name, machine in ALL]


@pytest.mark.parametrize(("machine", "verb", "state"), ILLEGAL)
def test_a_move_the_table_does_not_list_is_refused(app, machine, verb, state):
    model = model_of(machine)
    row = model(id=1, state=state)
    with app.app_context(), pytest.raises(IllegalMove):
        machine.fire(verb, row, actor=scope.SYSTEM)
    assert row.state is state


@pytest.mark.parametrize("machine", NAMED)
def test_a_move_without_its_right_is_refused(app, machine):
    powerless = scope.Principal(scope.Audience.TENANT, 1)
    offered = [move for move in machine.transitions if not move.system]
    for move in offered:
        row = model_of(machine)(id=1, state=move.origins[0])
        with app.app_context(), pytest.raises(NotAllowed):
            machine.fire(move.verb, row, actor=powerless)


@pytest.mark.parametrize("machine", NAMED)
def test_a_move_of_the_system_is_refused_to_everybody_else(app, machine):
    every_right = frozenset((machine.permission(m), machine.area) for m in machine.transitions)
    for audience in (scope.Audience.TENANT, scope.Audience.GOVERNMENT):
        mighty = scope.Principal(audience, 1, permissions=every_right)
        for move in (move for move in machine.transitions if move.system):
            row = model_of(machine)(id=1, state=move.origins[0])
            with app.app_context(), pytest.raises(NotAllowed):
                machine.fire(move.verb, row, actor=mighty, remark="不该如此")
            assert row.state is move.origins[0]


def test_no_page_makes_a_move_of_the_system(app, system, signed_in):
    world, reached = World(app, system, signed_in), set()
    browsers = [world.browser(name) for name in ("owner", "own_office", "guest")]
    for view in model_views(app):
        for move in view.flow.transitions if view.flow else ():
            if not move.system or not route(app, view, "move", pk=1, verb=move.verb):
                continue
            number = world.row(view.model, view)
            with system() as session:
                states.put(view.model, session.get(view.model, number), move.origins[0])
            before = world.fingerprint(view.model, number)
            url = route(app, view, "move", pk=number, verb=move.verb)
            shown = route(app, view, "show", pk=number) or route(app, view, "list")
            for browser in browsers:
                for answer in (browser.get(url), browser.post(url, data={"remark": "不该如此"})):
                    assert answer.status_code in {403, 404}, url
                if browser.get(shown).status_code == 200:
                    reached.add((type(view).__name__, move.verb))
            assert world.fingerprint(view.model, number) == before, url
    assert {("CorrectionView", "forward"), ("OddPunchView", "match"), ("ArticleView", "expire"),
            ("WorkerView", "arrive"), ("AlertView", "end")} <= reached  # fmt: skip


def test_every_domain_with_states_is_tried():
    assert len(ALL) >= 12
    assert len(ILLEGAL) > 60


@pytest.fixture
def rows(work):
    """A row of every model a flow moves."""
    victim = Victim()
    found = {key: number for key, (number, _text) in victim.rows.items() if isinstance(key, type)}
    found[StaffMember] = victim.rows["SpecialistView"][0]
    found[ApiClient] = victim.client
    found |= _money(victim)
    human = people.person()
    entry = WatchEntry(
        district_code="440703", name=human.name, id_type="01", id_number=human.id_number,
        from_on=date(2026, 1, 1), to_on=date(2026, 12, 31),
    )  # fmt: skip
    db.session.add(entry)
    incident = db.session.get(Incident, found[Incident])
    incident.result, incident.handling = "已调解", "到场处理"
    db.session.flush()
    found[WatchEntry] = entry.id
    db.session.get(PersonCorrection, found[PersonCorrection]).dispute_reason = "登记无误"
    db.session.flush()
    return SimpleNamespace(get=lambda model: db.session.get(model, found[model]))


def _money(victim):
    """An account with its transaction, a plan of each kind and a transfer."""
    account = victim.account
    account.closed_on = date(2026, 11, 20)
    return {
        WageAccount: account.id,
        AccountTransaction: wages.transaction(account, reversal_reason="录入有误").id,
        AllocationPlan: victim.rows["SplitPlanView"][0],
        PayrollPlan: wages.payroll_plan(victim.unit).id,
        Transfer: wages.transfer(
            victim.invited, account, confirmed_at=clock.now()
        ).id,
    }  # fmt: skip


@pytest.mark.parametrize("machine", NAMED)
def test_a_state_cannot_be_assigned_nor_written_past_its_flow(rows, machine):
    row, model = rows.get(model_of(machine)), model_of(machine)
    other = next(state for state in states_of(machine) if state is not row.state)
    with pytest.raises(IllegalMove):
        row.state = other
    statement = text(f"update {model.__tablename__} set state = :state where id = :id")
    with (
        pytest.raises(DBAPIError, match="changes only through its flow"),
        db.session.begin_nested(),
    ):
        db.session.execute(statement, {"state": other.name, "id": row.id})


@pytest.mark.parametrize("machine", NAMED)
def test_every_move_is_written_with_actor_time_both_states_and_remark(rows, machine):
    model = model_of(machine)
    areas = frozenset((machine.permission(m), machine.area) for m in machine.transitions)
    actor = scope.Principal(scope.Audience.SYSTEM, 77, permissions=areas)
    for move in machine.transitions:
        for origin in move.origins:
            step = db.session.begin_nested()
            row = rows.get(model)
            if row.state is not origin:
                states.put(model, row, origin)
            before = len(history(row))
            with scope.act_as(actor):
                machine.fire(move.verb, row, actor=actor, remark="核对无误")
            last = history(row)[-1]
            assert len(history(row)) == before + 1
            written = (last.verb, last.state_from, last.state_to, last.remark, last.actor)
            assert written == (move.verb, origin.name, move.target.name, "核对无误", 77)
            assert last.at is not None
            step.rollback()
            db.session.expire_all()
