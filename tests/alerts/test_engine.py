"""The engine: opening, refreshing, closing, reopening, escalation, and its promises (D5)."""

from datetime import date, timedelta

import pytest

from app.alerts import services
from app.alerts.choices import AlertState, CloseKind, EventKind, HandlingResult, Level, Office
from app.alerts.models import Alert, AlertEvent
from app.attendance.models import AttendanceDay, PersonDay
from app.core import clock, rules, scope, states
from app.dashboards.queries import alerts_by_level
from app.extensions import db
from app.roster.models import Team
from tests.factories import enterprises, incidents, projects, roster, wages
from tests.factories.alerts import again, alerts, day_of, noon, only, scan

D20 = date(2026, 10, 20)
NEXT = D20 + timedelta(days=1)


@pytest.fixture
def worker(work):
    site = projects.project(enterprises.enterprise())
    return roster.worker(roster.team(projects.general_contractor_unit(site)))


def hours(worker, number):
    for model in (AttendanceDay, PersonDay):
        db.session.query(model).filter_by(person_id=worker.person_id).update(
            {"seconds": round(number * 3600)}
        )
    db.session.flush()


def kinds(alert):
    rows = db.session.query(AlertEvent).filter_by(alert_id=alert.id).order_by(AlertEvent.id)
    return [row.kind for row in rows]


def city(work):
    """Two sites with something for every rule to find."""
    found = []
    for _n in range(2):
        unit = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
        team = roster.team(unit)
        workers = [roster.worker(team) for _m in range(4)]
        for position, one in enumerate(workers):
            day_of(one, D20, 9 + position)
            for month in (8, 9):
                day_of(one, date(2026, month, 10))
            one.mobile = workers[0].mobile
        found.append((unit, workers))
    first, second = found
    again(first[1][3], roster.team(second[0]))
    event = incidents.incident(first[0])
    incidents.person(event, second[1][1])
    return found


def snapshot():
    return sorted(
        (a.project_id, a.dedupe_key, a.level.name, a.state.name, str(a.facts))
        for a in db.session.query(Alert)
    )


def everything(day, **reach):
    return services.scan(day=day, **reach)


def test_a_second_scan_finds_nothing_new_and_writes_nothing(work):
    city(work)
    first = everything(NEXT)
    before, versions = snapshot(), {a.id: a.row_version for a in db.session.query(Alert)}

    second = everything(NEXT)

    assert sum(o.opened for o in first.values()) > 8
    assert all((o.opened, o.closed) == (0, 0) for o in second.values())
    assert snapshot() == before
    assert {a.id: a.row_version for a in db.session.query(Alert)} == versions


@pytest.mark.parametrize("by", ["project", "person"])
def test_a_full_scan_finds_what_the_incremental_scans_find_together(work, by):
    sites = city(work)
    savepoint = db.session.begin_nested()
    everything(NEXT)
    full = snapshot()
    savepoint.rollback()
    db.session.expire_all()
    assert snapshot() == []

    for unit, workers in sites:
        if by == "project":
            everything(NEXT, project_id=unit.project_id)
        else:
            for one in workers:
                everything(NEXT, person_hashes=[one.id_number_hash])

    assert snapshot() == full
    assert {row[1].split(":")[0] for row in full} == set(rules.registered())


def test_three_months_in_one_batch_equal_the_day_by_day_run(worker):
    days = [D20 - timedelta(days=back) for back in range(20)]
    for position, day in enumerate(days):
        day_of(worker, day, 9 + position % 6)
    savepoint = db.session.begin_nested()
    scan("ATT-001", NEXT)
    batch = snapshot()
    savepoint.rollback()
    db.session.expire_all()

    for day in sorted(days):
        scan("ATT-001", day + timedelta(days=1))

    assert snapshot() == batch


def test_found_again_it_is_refreshed_and_keeps_its_number(worker):
    day_of(worker, D20, 12)
    scan("ATT-001", NEXT)
    number = only("ATT-001").id
    hours(worker, 13.5)

    outcome = scan("ATT-001", NEXT + timedelta(days=1))

    alert = only("ATT-001")
    assert (outcome.opened, outcome.refreshed, alert.id) == (0, 1, number)
    assert alert.level is Level.ORANGE
    assert clock.local(alert.first_seen_at).date() == NEXT
    assert kinds(alert) == [EventKind.OPENED, EventKind.LEVEL]


def test_each_level_change_keeps_evidence_limits_and_rule_version(worker):
    day_of(worker, D20, 12)
    scan("ATT-001", NEXT)
    hours(worker, 13.5)
    scan("ATT-001", NEXT)

    first, second = db.session.query(AlertEvent).order_by(AlertEvent.id)
    assert (first.level, second.level) == (Level.YELLOW, Level.ORANGE)
    assert first.evidence["facts"]["seconds"] == 12 * 3600
    assert second.parameters["max_hours"] == 11.0
    assert (second.rule_version, second.parameter_version) == (1, 1)
    assert second.sentence


def test_the_highest_level_stays_when_the_level_falls(worker):
    day_of(worker, D20, 13.5)
    scan("ATT-001", NEXT)
    hours(worker, 12)
    scan("ATT-001", NEXT)

    assert (only("ATT-001").level, only("ATT-001").highest_level) == (Level.YELLOW, Level.ORANGE)


def test_within_thirty_days_the_old_alert_opens_again(worker):
    day_of(worker, D20, 12)
    scan("ATT-001", NEXT)
    hours(worker, 8)
    scan("ATT-001", NEXT)
    hours(worker, 12)

    scan("ATT-001", NEXT + timedelta(days=20))

    alert = only("ATT-001")
    assert alert.state is AlertState.OPEN
    assert kinds(alert) == [EventKind.OPENED, EventKind.CLOSED, EventKind.REOPENED]
    assert [move.verb for move in states.history(alert)] == ["create", "end", "reopen"]


def test_after_thirty_days_a_new_alert_begins(work):
    unit = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
    worker = roster.worker(roster.team(unit))
    worker.mobile = "12"
    scan("PERS-001", D20)
    worker.mobile = "13800138000"
    complete(worker)
    scan("PERS-001", D20)
    assert only("PERS-001").state is AlertState.CLOSED

    worker.mobile = "12"
    scan("PERS-001", D20 + timedelta(days=31))

    first, second = alerts("PERS-001")
    assert (first.state, second.state) == (AlertState.CLOSED, AlertState.OPEN)
    assert first.dedupe_key != second.dedupe_key


def complete(worker):
    """Fill what PERS-001 asks for after three days."""
    worker.face_photo = worker.id_front = worker.id_back = worker.id_portrait = None
    worker.created_at = noon(date(2026, 12, 31))
    db.session.flush()


def closed_by_hand(worker):
    worker.mobile = "12"
    complete(worker)
    scan("PERS-001", D20)
    alert = only("PERS-001")
    with clock.frozen(noon(D20)):
        services.acknowledge(alert, actor=scope.SYSTEM)
        services.handle(
            alert, {"measure": "已联系", "result": HandlingResult.CANNOT_MEND}, actor=scope.SYSTEM
        )
        services.close(alert, "说明", actor=scope.SYSTEM)
    return alert


def test_closed_by_hand_it_opens_again_while_the_condition_holds(worker):
    closed_by_hand(worker)
    assert only("PERS-001").close_kind is CloseKind.BY_HAND

    scan("PERS-001", D20 + timedelta(days=1))

    assert only("PERS-001").state is AlertState.OPEN


def test_a_dated_exemption_keeps_it_closed_until_it_ends(worker):
    alert = closed_by_hand(worker)
    alert.exempt_until = D20 + timedelta(days=5)
    db.session.flush()

    scan("PERS-001", D20 + timedelta(days=5))
    assert only("PERS-001").state is AlertState.CLOSED
    scan("PERS-001", D20 + timedelta(days=6))
    assert only("PERS-001").state is AlertState.OPEN


def test_a_missed_clock_tells_the_next_office_and_an_answer_stops_it(worker):
    day_of(worker, D20, 12)
    scan("ATT-001", NEXT)
    alert = only("ATT-001")
    # yellow: five working days from Wednesday 10-21 end on Wednesday 10-28
    assert clock.local(alert.due_at).date() == date(2026, 10, 28)
    assert alert.office is Office.LABOUR_OFFICER

    scan("ATT-001", date(2026, 10, 28))
    assert only("ATT-001").office is Office.LABOUR_OFFICER
    scan("ATT-001", date(2026, 10, 29))
    assert (only("ATT-001").office, only("ATT-001").level) == (Office.CONTRACTOR, Level.YELLOW)

    with clock.frozen(noon(date(2026, 10, 29))):
        services.acknowledge(alert, actor=scope.SYSTEM)
        services.handle(
            alert, {"measure": "调休", "result": HandlingResult.EXPLAINED}, actor=scope.SYSTEM
        )
    scan("ATT-001", date(2026, 11, 18))
    assert only("ATT-001").office is Office.CONTRACTOR


def test_one_rule_of_one_project_touches_no_other(work):
    sites = city(work)

    everything(NEXT, project_id=sites[0][0].project_id)

    assert {a.project_id for a in db.session.query(Alert)} == {sites[0][0].project_id}


def test_wages_are_part_of_the_full_scan(work):
    sites = city(work)
    wages.payroll(sites[0][1], "2026-08")

    everything(NEXT)

    assert len(alerts("WAGE-001")) == 2


def test_home_counts_the_gravest_level_first(worker):
    team = db.session.get(Team, worker.team_id)
    for number in (12, 17, 14):
        day_of(roster.worker(team), D20, number)
    scan("ATT-001", NEXT)

    assert list(alerts_by_level()) == [Level.RED, Level.ORANGE, Level.YELLOW]
