"""EVT-001: a person recorded in an incident joins a project again (alert-rules.md 3.4)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask_babel import force_locale

from app.alerts import errors, parameters, services
from app.alerts.choices import (
    AlertState,
    CloseKind,
    Decision,
    Layer,
    Level,
    Office,
)
from app.alerts.models import AlertEvent
from app.core import clock, rules, scope
from app.extensions import db
from app.incidents.choices import IncidentState, Verdict, WatchState
from app.incidents.models import WatchEntry
from app.roster.choices import StayState
from app.roster.states import STAY_FLOW
from tests.factories import enterprises, incidents, projects, roster
from tests.factories.alerts import again, alerts, only, scan

JOINED_AT = datetime(2026, 11, 20, 6, 3, tzinfo=UTC)
TODAY = date(2026, 11, 20)
BUREAU = scope.Principal(
    scope.Audience.GOVERNMENT, 1, "db", "区局", districts=("440703",),
    permissions=frozenset({("close", "alerts"), ("urge", "alerts")}),
)  # fmt: skip


@pytest.fixture
def now(work):
    with clock.frozen(JOINED_AT):
        yield work


@pytest.fixture
def site(now):
    """A first project with Li, who left it, and a second one with a labour subcontractor."""
    old = projects.project(enterprises.enterprise())
    first = projects.general_contractor_unit(old)
    new = projects.project(enterprises.enterprise())
    unit = projects.unit(
        new, enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
    )
    li = roster.worker(
        roster.team(first), state=StayState.EXITED, exit_on=date(2025, 2, 1),
        entry_on=date(2024, 3, 1), created_at=datetime(2024, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    return {"first": first, "li": li, "team": roster.team(unit), "new": new}


def join(site, team=None, **values):
    return again(site["li"], team or site["team"], **{"entry_on": TODAY, **values})


def test_a_confirmed_party_of_a_blockade_joining_elsewhere_is_orange_at_once(site):
    incidents.person(incidents.incident(site["first"]), site["li"])
    worker = join(site)

    scan("EVT-001", TODAY, person_hashes=[worker.id_number_hash])

    alert = only("EVT-001")
    assert (alert.level, alert.state) == (Level.ORANGE, AlertState.OPEN)
    assert (alert.project_id, alert.tenant_sees) == (site["new"].id, True)
    assert alert.facts["incidents"] == [{"kind": "disturbance", "day": "2025-01-18"}]


@pytest.mark.parametrize("role", ["claimant", "victim", "witness"])
def test_petitioners_victims_and_witnesses_never_match(site, role):
    incidents.person(incidents.incident(site["first"]), site["li"], role)
    join(site)

    scan("EVT-001", TODAY)

    assert alerts("EVT-001") == []


def test_a_namesake_with_another_number_is_nobody_known(site):
    incidents.person(incidents.incident(site["first"]), site["li"])
    join(site, id_number=roster.people.person().id_number)

    scan("EVT-001", TODAY)

    assert alerts("EVT-001") == []


def test_the_same_number_of_another_document_type_is_nobody_known(site):
    incidents.person(incidents.incident(site["first"]), site["li"])
    join(site, id_type="14")

    scan("EVT-001", TODAY)

    assert alerts("EVT-001") == []


def test_a_changed_telephone_in_the_same_row_is_no_join(site):
    incidents.person(incidents.incident(site["first"]), site["li"])
    worker = join(site)
    scan("EVT-001", TODAY)
    services.decide(only("EVT-001"), Decision.WATCH, "重点关注", actor=BUREAU)

    worker.mobile = "13800138000"
    outcome = scan("EVT-001", TODAY + timedelta(days=3))

    assert (outcome.opened, only("EVT-001").state) == (0, AlertState.CLOSED)


def test_an_entry_date_that_comes_or_is_corrected_is_no_join(site):
    incidents.person(incidents.incident(site["first"]), site["li"])
    worker = join(site, entry_on=None, state=StayState.DRAFT)
    scan("EVT-001", TODAY)
    first = only("EVT-001")
    services.decide(first, Decision.WATCH, "重点关注", actor=BUREAU)

    for day in (TODAY + timedelta(days=3), TODAY + timedelta(days=2)):
        worker.entry_on = day
        scan("EVT-001", TODAY + timedelta(days=4))

    assert (only("EVT-001").id, only("EVT-001").close_kind) == (first.id, CloseKind.BY_HAND)


def test_who_comes_back_to_the_same_project_by_interface_is_found_without_an_entry_date(site):
    incidents.person(incidents.incident(site["first"]), site["li"])
    own_team = roster.team(site["first"])
    join(site, team=own_team, entry_on=None, state=StayState.DRAFT, source="api")

    scan("EVT-001", TODAY)

    assert only("EVT-001").project_id == site["first"].project_id


@pytest.mark.parametrize("entry", [TODAY, date(2024, 5, 1)], ids=["that day", "back-dated"])
def test_who_is_added_again_on_the_day_of_the_incident_joins_again(site, entry):
    event = incidents.incident(site["first"], occurred_at=JOINED_AT)
    incidents.person(event, site["li"])
    own_team = roster.team(site["first"])
    join(site, team=own_team, entry_on=entry, created_at=JOINED_AT + timedelta(hours=12))

    scan("EVT-001", TODAY)

    assert only("EVT-001").project_id == site["first"].project_id


def test_who_was_sent_before_the_incident_and_has_no_entry_date_has_not_come_back(site):
    event = incidents.incident(site["first"], occurred_at=JOINED_AT + timedelta(days=1))
    incidents.person(event, site["li"])
    join(site, team=roster.team(site["first"]), entry_on=None, state=StayState.DRAFT)

    scan("EVT-001", TODAY + timedelta(days=2))

    assert alerts("EVT-001") == []


def test_an_entry_after_the_incident_is_found_when_it_begins(site):
    event = incidents.incident(site["first"], occurred_at=JOINED_AT - timedelta(days=1))
    incidents.person(event, site["li"])
    worker = join(
        site, team=roster.team(site["first"]), entry_on=None, state=StayState.DRAFT,
        created_at=JOINED_AT - timedelta(days=5),
    )  # fmt: skip
    worker.entry_on = TODAY
    STAY_FLOW.fire("arrive", worker, actor=scope.SYSTEM)

    assert only("EVT-001").level is Level.ORANGE


def test_it_ends_by_a_decision_that_says_which_one_it_is_and_by_no_close(site):
    incidents.person(incidents.incident(site["first"]), site["li"])
    join(site)
    scan("EVT-001", TODAY)
    alert = only("EVT-001")

    with pytest.raises(errors.DecisionMissing):
        services.decide(alert, None, "已约谈", actor=BUREAU)
    with pytest.raises(errors.DecisionEnds):
        services.close(alert, "已约谈", actor=BUREAU)
    services.decide(alert, Decision.NOTE, "已约谈", actor=BUREAU)

    last = db.session.query(AlertEvent).order_by(AlertEvent.id.desc()).first()
    assert (last.decision, last.remark) == (Decision.NOTE, "已约谈")
    assert alert.state is AlertState.CLOSED


def test_the_decision_of_the_bureau_ends_it_and_a_third_project_is_a_new_alert(site):
    incidents.person(incidents.incident(site["first"]), site["li"])
    join(site)
    scan("EVT-001", TODAY)
    services.decide(only("EVT-001"), Decision.WATCH, "重点关注", actor=BUREAU)
    third = projects.project(enterprises.enterprise())
    with clock.frozen(datetime(2026, 12, 1, 2, tzinfo=UTC)):
        join(site, team=roster.team(projects.general_contractor_unit(third)))
        scan("EVT-001", date(2026, 12, 1))

    first, second = alerts("EVT-001")
    assert (first.state, first.close_kind) == (AlertState.CLOSED, CloseKind.BY_HAND)
    assert (second.state, second.project_id) == (AlertState.OPEN, third.id)
    assert second.episode == first.episode


def test_an_unverified_record_is_yellow_and_seen_by_bureau_and_recorder_only(site):
    event = incidents.incident(site["first"], confirmed=Verdict.WAITING)
    incidents.person(event, site["li"])
    join(site)

    scan("EVT-001", TODAY)

    alert = only("EVT-001")
    assert (alert.level, alert.tenant_sees) == (Level.YELLOW, False)
    assert alert.viewers == [site["first"].enterprise_id]


def test_confirmation_raises_the_alert_of_a_person_active_elsewhere(site):
    event = incidents.incident(site["first"], confirmed=Verdict.WAITING)
    incidents.person(event, site["li"])
    join(site)
    scan("EVT-001", TODAY)

    event.confirmed = Verdict.CONFIRMED
    scan("EVT-001", TODAY)

    alert = only("EVT-001")
    assert (alert.level, alert.tenant_sees, alert.viewers) == (Level.ORANGE, True, None)


def test_somebody_active_elsewhere_all_along_is_found_when_it_is_confirmed(site):
    event = incidents.incident(
        site["first"], occurred_at=datetime(2026, 11, 21, tzinfo=UTC), confirmed=Verdict.WAITING
    )
    incidents.person(event, site["li"])
    join(site)
    scan("EVT-001", TODAY)
    assert alerts("EVT-001") == []

    event.confirmed = Verdict.CONFIRMED
    scan("EVT-001", TODAY)

    assert only("EVT-001").level is Level.ORANGE


@pytest.mark.parametrize(
    "events", [["disturbance", "disturbance"], ["major_event"]],
    ids=["two confirmed incidents", "the kind major event"],
)  # fmt: skip
def test_two_incidents_or_a_major_one_are_red(site, events):
    for kind in events:
        incidents.person(incidents.incident(site["first"], kind=kind), site["li"])
    join(site)

    scan("EVT-001", TODAY)

    assert only("EVT-001").level is Level.RED


def test_severity_major_is_not_the_kind_major_event(site):
    from app.incidents.choices import Severity

    event = incidents.incident(site["first"], severity=Severity.MAJOR)
    incidents.person(event, site["li"])
    join(site)

    scan("EVT-001", TODAY)

    assert only("EVT-001").level is Level.ORANGE


def test_three_persons_of_one_incident_joining_within_thirty_days_are_red(site):
    event = incidents.incident(site["first"])
    for _n in range(3):
        worker = roster.worker(site["team"], entry_on=TODAY)
        incidents.person(event, worker)

    scan("EVT-001", TODAY)

    assert {alert.level for alert in alerts("EVT-001")} == {Level.RED}


def test_the_parts_the_city_counts_are_the_parts_that_count_together(site):
    rule = rules.get("EVT-001")
    event = incidents.incident(site["first"])
    for _n in range(3):
        incidents.person(event, roster.worker(site["team"], entry_on=TODAY))
    parameters.change(
        rule, "roles", ["organiser"], layer=Layer.CITY, actor=scope.SYSTEM, effective_from=TODAY
    )
    for role in ("organiser", "organiser"):
        incidents.person(event, roster.worker(site["team"], entry_on=TODAY), role)

    scan("EVT-001", TODAY)

    assert {(a.level, a.facts["together"]) for a in alerts("EVT-001")} == {(Level.ORANGE, 2)}


def test_who_was_taken_out_of_an_incident_is_nobody_known(site):
    incidents.person(incidents.incident(site["first"]), site["li"], is_deleted=True)
    join(site)

    scan("EVT-001", TODAY)

    assert alerts("EVT-001") == []


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"state": IncidentState.CANCELLED}, 0),
        ({"state": IncidentState.DRAFT}, 0),
        ({"confirmed": Verdict.REFUTED}, 0),
        ({"kind": "fight"}, 0),
        ({"is_deleted": True}, 0),
        ({"occurred_at": datetime(2023, 11, 19, tzinfo=UTC)}, 0),
        ({"occurred_at": datetime(2023, 11, 21, tzinfo=UTC)}, 1),
    ],
)
def test_withdrawn_untrue_removed_other_and_old_records_do_not_count(site, values, found):
    incidents.person(incidents.incident(site["first"], **values), site["li"])
    join(site)

    scan("EVT-001", TODAY)

    assert len(alerts("EVT-001")) == found


def test_it_ends_when_the_worker_leaves_and_not_by_time(site):
    incidents.person(
        incidents.incident(site["first"], occurred_at=datetime(2023, 11, 25, tzinfo=UTC)),
        site["li"],
    )
    worker = join(site)
    scan("EVT-001", TODAY)
    scan("EVT-001", TODAY + timedelta(days=400))
    assert only("EVT-001").state is AlertState.OPEN

    worker.exit_on = TODAY
    from app.roster.models import ProjectWorker
    from tests.factories.states import put

    put(ProjectWorker, worker, StayState.EXITED)
    scan("EVT-001", TODAY + timedelta(days=401))

    assert only("EVT-001").close_kind is CloseKind.AUTO
    last = db.session.query(AlertEvent).order_by(AlertEvent.id.desc()).first()
    assert last.sentence == f"{worker.name}已于2026-11-20退场"


def test_a_live_watch_entry_is_orange_by_itself(site):
    li = site["li"]
    entry = WatchEntry(
        district_code="440703", name=li.name, id_type="01", id_number=li.id_number,
        from_on=date(2026, 1, 1), to_on=date(2026, 12, 31), state=WatchState.LIVE,
    )  # fmt: skip
    db.session.add(entry)
    join(site)

    scan("EVT-001", TODAY)

    assert only("EVT-001").level is Level.ORANGE


def test_nobody_answering_for_a_day_and_three_days_climbs_to_the_city(site):
    incidents.person(incidents.incident(site["first"]), site["li"])
    join(site)
    scan("EVT-001", TODAY)
    assert only("EVT-001").office is Office.DISTRICT

    scan("EVT-001", TODAY + timedelta(days=2))
    assert (only("EVT-001").escalation_step, only("EVT-001").office) == (1, Office.DISTRICT)

    scan("EVT-001", TODAY + timedelta(days=4))
    assert only("EVT-001").office is Office.CITY


def test_the_sentence_does_not_claim_an_earlier_stay_on_this_project(app):
    facts = {"name": "张三", "confirmed": 1, "together": 0, "watched": False,
             "incidents": [{"kind": "disturbance", "day": "2025-01-18"}]}  # fmt: skip
    with app.test_request_context(), force_locale("zh"):
        text = rules.get("EVT-001").sentence(facts)

    assert text.endswith("已加入本项目")
    assert "再次" not in text
