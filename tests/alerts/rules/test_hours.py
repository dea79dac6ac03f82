"""ATT-001: a worker's daily hours exceed the limit (alert-rules.md 3.2)."""

from datetime import date, timedelta

import pytest
from flask_babel import force_locale

from app.alerts import parameters, services
from app.alerts.choices import AlertState, CloseKind, EventKind, HandlingResult, Layer, Level
from app.alerts.models import AlertEvent
from app.alerts.rules.hours import hours_text
from app.alerts.states import ALERT_FLOW
from app.attendance.models import AttendanceDay, PersonDay
from app.core import clock, rules, scope
from app.extensions import db
from app.projects.choices import ProjectState
from tests.factories import enterprises, projects, roster
from tests.factories.alerts import again, alerts, day_of, noon, only, scan

D20 = date(2026, 10, 20)
NEXT = D20 + timedelta(days=1)


@pytest.fixture
def team(work):
    return roster.team(projects.general_contractor_unit(projects.project(enterprises.enterprise())))


@pytest.fixture
def worker(team):
    return roster.worker(team)


@pytest.mark.parametrize(
    ("hours", "seconds", "level"),
    [
        pytest.param(11, 0, None, id="exactly eleven hours are within the law"),
        pytest.param(11, 1, Level.YELLOW, id="one second more is not"),
        pytest.param(11 + 1 / 3, 0, Level.YELLOW, id="eleven hours twenty"),
        pytest.param(10.5, 0, None, id="half past ten"),
        pytest.param(13, 0, Level.YELLOW, id="thirteen hours"),
        pytest.param(13, 1, Level.ORANGE, id="more than thirteen"),
        pytest.param(16, 0, Level.ORANGE, id="sixteen hours"),
        pytest.param(16, 1, Level.RED, id="more than sixteen"),
    ],
)
def test_hours_above_the_limit_alert_by_their_number(worker, hours, seconds, level):
    day_of(worker, D20, hours, seconds=seconds)

    scan("ATT-001", NEXT)

    assert [alert.level for alert in alerts("ATT-001")] == ([level] if level else [])


@pytest.mark.parametrize(
    ("seconds", "limit", "text"),
    [
        (12 * 3600 + 13 * 60 + 31, 11, "12.2"), (12 * 3600 + 17 * 60 + 59, 11, "12.2"),
        (8 * 3600, None, "8.0"), (11 * 3600 + 61, 11.0, "11.0（超出1分1秒）"),
    ],
)  # fmt: skip
def test_hours_are_told_in_tenths_and_never_rounded_up(app, seconds, limit, text):
    with app.test_request_context(), force_locale("zh"):
        assert hours_text(seconds, limit) == text


def test_a_day_opens_on_the_next_and_not_before(worker):
    day_of(worker, D20, 12)

    assert scan("ATT-001", D20).opened == 0
    assert scan("ATT-001", NEXT).opened == 1


def test_hours_over_two_projects_open_one_alert_for_each_in_one_episode(worker):
    other = projects.project(enterprises.enterprise())
    second = again(worker, roster.team(projects.general_contractor_unit(other)))
    day_of(worker, D20, 12.5, own=8)
    day_of(second, D20, 12.5, own=4.5)

    scan("ATT-001", NEXT)

    found = alerts("ATT-001")
    assert {alert.project_id for alert in found} == {worker.project_id, other.id}
    assert len({alert.episode for alert in found}) == 1
    assert {alert.facts["own"] for alert in found} == {8 * 3600, int(4.5 * 3600)}


def test_three_dates_in_seven_days_are_orange(worker):
    for back in (6, 3, 0):
        day_of(worker, D20 - timedelta(days=back), 11.5)

    scan("ATT-001", NEXT)

    assert [alert.level for alert in alerts("ATT-001")] == [
        Level.YELLOW, Level.YELLOW, Level.ORANGE,
    ]  # fmt: skip


def test_three_dates_in_eight_days_are_not(worker):
    for back in (7, 3, 0):
        day_of(worker, D20 - timedelta(days=back), 11.5)

    scan("ATT-001", NEXT)

    assert {alert.level for alert in alerts("ATT-001")} == {Level.YELLOW}


def test_a_third_orange_date_in_a_month_is_red(worker):
    for day in (2, 9, 18):
        day_of(worker, date(2026, 10, day), 13.5)

    scan("ATT-001", NEXT)

    by_date = {alert.about_on.day: alert.level for alert in alerts("ATT-001")}
    assert by_date == {2: Level.ORANGE, 9: Level.ORANGE, 18: Level.RED}


def test_ten_workers_of_one_team_are_one_team_alert(team):
    workers = [roster.worker(team) for _n in range(10)]
    for one in workers[:9]:
        day_of(one, D20, 12)
    scan("ATT-001", NEXT)
    assert len(alerts("ATT-001", state=AlertState.OPEN)) == 9

    day_of(workers[9], D20, 12)
    scan("ATT-001", NEXT, person_hashes=[workers[9].id_number_hash])

    bundle = only("ATT-001", state=AlertState.OPEN)
    assert (bundle.level, bundle.facts["count"], bundle.person_hash) == (Level.ORANGE, 10, None)
    assert len(bundle.evidence) == 10
    ended = db.session.query(AlertEvent.sentence).filter_by(kind=EventKind.CLOSED).distinct()
    assert [text for (text,) in ended] == ["已并入班组当日（2026-10-20）的预警"]


def test_corrected_hours_close_it_and_keep_what_ended_it(worker):
    day_of(worker, D20, 12)
    scan("ATT-001", NEXT)

    for model in (AttendanceDay, PersonDay):
        db.session.query(model).update({"seconds": 11 * 3600})
    scan("ATT-001", NEXT, person_hashes=[worker.id_number_hash])

    alert = only("ATT-001")
    assert (alert.state, alert.close_kind) == (AlertState.CLOSED, CloseKind.AUTO)
    assert alert.ending["day"] == NEXT.isoformat()
    last = db.session.query(AlertEvent).order_by(AlertEvent.id.desc()).first()
    assert last.kind is EventKind.CLOSED
    assert last.sentence == f"重新计算：{worker.name}在2026-10-20的工时为11.0小时，上限11小时"


def test_a_suspended_project_sleeps_and_its_alerts_stay(worker):
    from app.projects.models import Project
    from tests.factories.states import put

    day_of(worker, D20, 12)
    scan("ATT-001", NEXT)
    site = db.session.get(Project, worker.project_id)
    put(Project, site, ProjectState.SUSPENDED)
    day_of(worker, NEXT, 12)

    scan("ATT-001", NEXT + timedelta(days=1))

    assert only("ATT-001").state is AlertState.OPEN


def test_thirty_days_after_an_explanation_it_is_settled_and_stays_so(worker):
    day_of(worker, D20, 12)
    scan("ATT-001", NEXT)
    alert = only("ATT-001")
    with clock.frozen(noon(NEXT)):
        services.acknowledge(alert, actor=scope.SYSTEM)
        services.handle(
            alert, {"measure": "调休", "result": HandlingResult.EXPLAINED}, actor=scope.SYSTEM
        )

    scan("ATT-001", NEXT + timedelta(days=30))
    assert only("ATT-001").state is AlertState.HANDLING
    scan("ATT-001", NEXT + timedelta(days=31))
    assert only("ATT-001").close_kind is CloseKind.SETTLED
    scan("ATT-001", NEXT + timedelta(days=31))
    assert only("ATT-001").state is AlertState.CLOSED


def test_a_stricter_district_limit_counts_there_only(worker):
    rule = rules.get("ATT-001")
    far = projects.project(enterprises.enterprise(), district="440781")
    other = roster.worker(roster.team(projects.general_contractor_unit(far)))
    parameters.change(
        rule, "max_hours", 10.0, layer=Layer.DISTRICT, district_code="440703",
        actor=scope.SYSTEM, effective_from=date(2026, 10, 1),
    )  # fmt: skip
    day_of(worker, D20, 10.5)
    day_of(other, D20, 10.5)

    scan("ATT-001", NEXT)

    alert = only("ATT-001")
    assert (alert.project_id, alert.parameters["max_hours"]) == (worker.project_id, 10.0)
    assert alert.parameter_version == 2


@pytest.mark.parametrize("value", [11.5, 8.5])
def test_no_threshold_leaves_its_bounds(work, value):
    with pytest.raises(parameters.WeakerThanLaw):
        parameters.change(
            rules.get("ATT-001"), "max_hours", value, layer=Layer.CITY, actor=scope.SYSTEM
        )


def test_a_district_may_not_be_laxer_than_the_city(work):
    rule = rules.get("ATT-001")
    parameters.change(rule, "max_hours", 10.0, layer=Layer.CITY, actor=scope.SYSTEM)

    with pytest.raises(parameters.WeakerThanLaw):
        parameters.change(
            rule, "max_hours", 10.5, layer=Layer.DISTRICT, district_code="440703",
            actor=scope.SYSTEM,
        )  # fmt: skip


def test_the_flow_refuses_what_it_does_not_list(worker):
    from app.core.errors import IllegalMove

    day_of(worker, D20, 12)
    scan("ATT-001", NEXT)

    for verb in ("handle", "close", "settle", "return", "reopen"):
        with pytest.raises(IllegalMove):
            ALERT_FLOW.fire(verb, only("ATT-001"), actor=scope.SYSTEM, remark="x")
