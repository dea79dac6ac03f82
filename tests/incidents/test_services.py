"""Incidents: recording, verifying, closing; what is told to whom while a person is added."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.alerts import parameters
from app.alerts.choices import AlertState, Layer, Level
from app.alerts.models import AlertEvent
from app.core import clock, rules, scope
from app.core.errors import IllegalMove, NotAllowed
from app.core.states import RemarkMissing, history
from app.enterprises.models import Enterprise
from app.extensions import db
from app.identity import principals
from app.identity.models import Account
from app.incidents import errors, receivers, services
from app.incidents.choices import IncidentState, Verdict, WatchState
from app.incidents.models import IncidentPerson, WatchEntry
from app.roster.events import workers_joined
from app.roster.models import Person, ProjectWorker
from tests.factories import enterprises, incidents, projects, roster
from tests.factories.alerts import again, alerts, only
from tests.factories.states import put

JOINED_AT = datetime(2026, 11, 20, 6, 3, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def principal(user_id):
    with scope.login_scope("test"):
        return principals.principal_of(db.session.get(Account, user_id))


@pytest.fixture
def site(work):
    with clock.frozen(JOINED_AT):
        firm, other = enterprises.enterprise(), enterprises.enterprise()
        first, second = projects.project(firm), projects.project(other)
        unit = projects.general_contractor_unit(first)
        sub = enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
        yield {
            "first": first, "second": second, "unit": unit,
            "sub": projects.unit(first, sub),
            "li": roster.worker(roster.team(unit), entry_on=date(2026, 10, 1)),
            "team": roster.team(projects.general_contractor_unit(second)),
            "recorder": principal(enterprises.admin(firm)),
            "newcomer": principal(enterprises.admin(other)),
            "bureau": principal(enterprises.official("inspector")),
        }  # fmt: skip


def values(site, **given):
    return {
        "unit_id": site["unit"].id, "kind": "disturbance", "occurred_at": JOINED_AT,
        "known_at": JOINED_AT, "place": "大门", "head_count": 2, "description": "堵门",
        "people": [{
            "name": site["li"].name, "role": "party", "id_type": "01",
            "id_number": site["li"].id_number,
        }], **given,
    }  # fmt: skip


def record(site, **given):
    with scope.act_as(site["recorder"]):
        row = services.record_incident(values(site, **given), actor=site["recorder"])
        services.move(row, "report", actor=site["recorder"])
    return row


def test_recording_keeps_the_people_and_whose_record_it_is(site):
    row = record(site)

    person = db.session.query(IncidentPerson).one()
    assert (person.person_id, person.unit_id) == (site["li"].person_id, site["unit"].id)
    assert person.id_number_hash == site["li"].id_number_hash
    assert row.enterprise_id == site["first"].general_contractor_id
    assert (row.state, row.reported_at) == (IncidentState.REPORTED, JOINED_AT)
    assert row.incident_no.startswith("SJ20261120")


def test_a_person_without_a_number_is_kept_and_a_wrong_number_is_refused(site):
    record(site, people=[{"name": "不详", "role": "party", "id_type": "01", "id_number": ""}])
    assert db.session.query(IncidentPerson).one().id_number_hash is None

    with pytest.raises(errors.WrongPerson) as refusal:
        record(site, people=[{"name": "张三", "role": "party", "id_type": "01",
                              "id_number": "440703198504120003"}])  # fmt: skip
    assert refusal.value.field == "people"


def test_a_person_with_marks_in_his_number_is_the_one_on_file(site):
    worker = roster.worker(site["team"], id_type="03", id_number="K1234567")
    db.session.get(Person, worker.person_id).id_type = "03"
    db.session.flush()
    record(site, people=[{"name": worker.name, "role": "party", "id_type": "03",
                          "id_number": "k123456（7）"}])  # fmt: skip

    person = db.session.query(IncidentPerson).one()
    assert (person.person_id, person.id_number) == (worker.person_id, "K1234567")
    assert person.id_number_hash == worker.id_number_hash


def test_a_unit_of_another_project_is_refused(site):
    foreign = projects.general_contractor_unit(site["second"]).id

    with scope.act_as(site["recorder"]), pytest.raises(errors.ForeignUnit):
        services.record_incident(values(site, unit_id=foreign), actor=site["recorder"])


def test_nobody_knows_before_it_happens(site):
    with scope.act_as(site["recorder"]), pytest.raises(errors.KnownBeforeItHappened):
        services.record_incident(
            values(site, known_at=datetime(2026, 11, 1, tzinfo=UTC)), actor=site["recorder"]
        )


def test_the_join_raises_the_warning_within_the_request(site):
    row = record(site)
    with scope.act_as(site["bureau"]):
        services.verify(row, Verdict.CONFIRMED, "", actor=site["bureau"])
    worker = again(site["li"], site["team"], entry_on=date(2026, 11, 21))

    with scope.act_as(site["newcomer"]):
        workers_joined.send(workers=[worker], actor=site["newcomer"])

    assert (only("EVT-001").project_id, only("EVT-001").level) == (
        site["second"].id, Level.ORANGE,
    )  # fmt: skip


def test_verifying_tells_of_a_person_active_elsewhere_and_refuting_ends_it(site):
    again(site["li"], site["team"], entry_on=date(2026, 11, 21))
    row = record(site)
    with scope.act_as(site["bureau"]):
        services.verify(row, Verdict.CONFIRMED, "", actor=site["bureau"])
        assert only("EVT-001").level is Level.ORANGE
        services.verify(row, Verdict.REFUTED, "查无此事", actor=site["bureau"])

    assert only("EVT-001").state is AlertState.CLOSED
    last = db.session.query(AlertEvent).order_by(AlertEvent.id.desc()).first()
    assert last.sentence == "2026-11-20的事件经住建部门核实为不属实"


def test_an_unverified_alert_is_hidden_from_the_newcomer_and_shown_to_the_bureau(site):
    worker = again(site["li"], site["team"], entry_on=date(2026, 11, 21))
    record(site)
    workers_joined.send(workers=[worker], actor=scope.SYSTEM)

    seen = {}
    for name in ("newcomer", "recorder", "bureau"):
        with scope.act_as(site[name]):
            db.session.expunge_all()
            seen[name] = len(alerts("EVT-001"))
    assert seen == {"newcomer": 0, "recorder": 0, "bureau": 1}


def test_the_recorder_sees_the_unverified_alert_on_its_own_project(site):
    row = record(site, occurred_at=datetime(2026, 9, 1, tzinfo=UTC))
    assert row.confirmed is Verdict.WAITING
    workers_joined.send(workers=[site["li"]], actor=scope.SYSTEM)

    with scope.act_as(site["recorder"]):
        db.session.expunge_all()
        assert [(a.level, a.tenant_sees) for a in alerts("EVT-001")] == [(Level.YELLOW, False)]


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (Verdict.WAITING, {"newcomer": [], "recorder": ["yellow"], "bureau": ["yellow"]}),
        (Verdict.CONFIRMED, {"newcomer": ["orange"], "recorder": ["orange"],
                             "bureau": ["orange"]}),
        (Verdict.REFUTED, {"newcomer": [], "recorder": [], "bureau": []}),
    ],
)  # fmt: skip
def test_while_adding_class_and_date_are_told_to_whom_they_are_meant(site, verdict, told):
    row = record(site)
    row.confirmed = verdict
    db.session.flush()

    answers = {}
    for name in told:
        with scope.act_as(site[name]):
            found = receivers.what_is_on_record(
                project=site["second"], id_type="01", id_number=site["li"].id_number,
                actor=site[name],
            )  # fmt: skip
            assert all("2026-11-20" in one["text"] and "堵门" not in one["text"] for one in found)
            answers[name] = [one["level"] for one in found]
    assert answers == told


def told_of(site, who="newcomer"):
    with scope.act_as(site[who]):
        return [
            (line["level"], line["text"])
            for line in receivers.what_is_on_record(
                project=site["second"], id_type="01", id_number=site["li"].id_number,
                actor=site[who],
            )
        ]  # fmt: skip


def test_while_adding_a_live_entry_of_the_watch_list_is_told_with_its_dates(site):
    li, today = site["li"], clock.today()
    for first, last in ((-300, -1), (-10, 10), (5, 20)):
        db.session.add(WatchEntry(
            district_code="440703", name=li.name, id_type="01", id_number=li.id_number,
            from_on=today + timedelta(days=first), to_on=today + timedelta(days=last),
            reason="堵门", state=WatchState.LIVE,
        ))  # fmt: skip
    db.session.flush()

    (line,) = told_of(site)

    assert line[0] == "orange"
    assert (today - timedelta(days=10)).isoformat() in line[1]
    assert "堵门" not in line[1]


@pytest.mark.parametrize(
    ("name", "value", "kind", "told"),
    [
        ("types", ["fight"], "fight", 1),
        ("types", ["fight"], "disturbance", 0),
        ("roles", ["organiser"], "disturbance", 0),
        ("lookback_months", 6, "disturbance", 0),
        ("lookback_months", 0, "disturbance", 1),
    ],
)
def test_while_adding_the_thresholds_in_force_decide_what_is_told(site, name, value, kind, told):
    row = incidents.incident(site["unit"], kind=kind, occurred_at=clock.now() - timedelta(days=400))
    incidents.person(row, site["li"])
    parameters.change(rules.get("EVT-001"), name, value, layer=Layer.CITY, actor=scope.SYSTEM)

    assert len(told_of(site)) == told


def test_while_adding_what_is_not_verified_is_told_to_nobody_where_the_city_says_so(site):
    record(site)
    assert len(told_of(site, "recorder")) == 1
    parameters.change(
        rules.get("EVT-001"), "unconfirmed", "off", layer=Layer.CITY, actor=scope.SYSTEM
    )

    assert told_of(site, "recorder") == []


def test_the_record_of_a_lawful_petitioner_is_told_to_nobody(site):
    row = incidents.incident(site["unit"])
    incidents.person(row, site["li"], "claimant")

    assert receivers.what_is_on_record(
        project=site["second"], id_type="01", id_number=site["li"].id_number,
        actor=site["newcomer"],
    ) == []  # fmt: skip


def handling(row):
    put(type(row), row, IncidentState.HANDLING)
    return row


def test_a_close_needs_measures_outcome_and_people(site):
    row = handling(record(site, people=[]))

    def close():
        with scope.act_as(site["bureau"]):
            services.move(row, "close", "办结", actor=site["bureau"])

    with pytest.raises(errors.HandlingMissing):
        close()
    row.handling, row.result = "调解", "达成协议"
    with pytest.raises(errors.NobodyNamed):
        close()
    row.unknown_count = 3
    db.session.flush()
    close_as = {**vars(site["bureau"]), "permissions": frozenset({("close", "incidents")})}
    actor = scope.Principal(**close_as)
    services.move(row, "close", "办结", actor=actor)

    assert row.state is IncidentState.CLOSED


def test_a_contractor_neither_verifies_nor_cancels_what_is_verified(site):
    row = record(site)
    with scope.act_as(site["recorder"]), pytest.raises(NotAllowed):
        services.verify(row, Verdict.CONFIRMED, "", actor=site["recorder"])
    row.confirmed = Verdict.CONFIRMED
    db.session.flush()

    with scope.act_as(site["recorder"]), pytest.raises(errors.ConfirmedAlready):
        services.move(row, "cancel", "误录", actor=site["recorder"])


def test_what_the_bureau_has_verified_no_contractor_rewrites(site):
    again(site["li"], site["team"], entry_on=date(2026, 11, 21))
    row = record(site)
    with scope.act_as(site["bureau"]):
        services.verify(row, Verdict.CONFIRMED, "", actor=site["bureau"])
    harmless = values(site, place="别处")
    harmless["people"][0]["role"] = "witness"

    with scope.act_as(site["recorder"]):
        with pytest.raises(errors.VerdictGiven):
            services.change_incident(row, harmless, actor=site["recorder"])
        services.change_incident(row, {"handling": "调解"}, actor=site["recorder"])

    assert (row.place, row.handling, row.people[0].role) == ("大门", "调解", "party")
    assert only("EVT-001").state is AlertState.OPEN


def test_a_verdict_put_back_lets_the_recorder_correct_and_stands_in_the_course(site):
    row = record(site)
    steps = ((Verdict.CONFIRMED, ""), (Verdict.WAITING, "请更正涉及人员"))
    with scope.act_as(site["bureau"]):
        with pytest.raises(errors.VerdictMissing):
            services.verify(row, Verdict.WAITING, "没有可退回的", actor=site["bureau"])
        for verdict, remark in steps:
            services.verify(row, verdict, remark, actor=site["bureau"])
    with scope.act_as(site["recorder"]):
        services.change_incident(row, values(site, place="西门"), actor=site["recorder"])

    course = [(move.verb, move.actor, move.remark or "") for move in history(row)]
    assert course[-2:] == [
        ("verify", site["bureau"].user_id, ""),
        ("recheck", site["bureau"].user_id, "请更正涉及人员"),
    ]
    assert (row.confirmed, row.place) == (Verdict.WAITING, "西门")


def test_only_the_enterprise_that_recorded_it_changes_or_moves_an_incident(site):
    concerned = principal(enterprises.admin(db.session.get(Enterprise, site["sub"].enterprise_id)))
    row = record(site, unit_id=site["sub"].id)
    assert row.enterprise_id == site["first"].general_contractor_id

    with scope.act_as(concerned):
        for verb in ("take_up", "cancel"):
            with pytest.raises(errors.NotTheRecorder):
                services.move(row, verb, "x", actor=concerned)
        with pytest.raises(errors.NotTheRecorder):
            services.change_incident(row, {"place": "x"}, actor=concerned)

    assert (row.state, row.place) == (IncidentState.REPORTED, "大门")


def test_the_bureau_sets_aside_what_it_has_verified(site):
    row = record(site)
    with scope.act_as(site["bureau"]):
        services.verify(row, Verdict.CONFIRMED, "", actor=site["bureau"])
        services.move(row, "cancel", "重复上报", actor=site["bureau"])

    assert row.state is IncidentState.CANCELLED


def test_another_part_played_changes_the_line_of_that_person_alone(site):
    other = roster.worker(roster.team(site["unit"]))
    people = [
        {"name": who.name, "role": "party", "id_type": "01", "id_number": who.id_number}
        for who in (site["li"], other)
    ]
    row = record(site, people=people)
    before = {line.name: (line.id, line.row_version) for line in row.people}

    changed = [people[0], {**people[1], "role": "witness"}]
    with scope.act_as(site["recorder"]):
        services.change_incident(row, values(site, people=changed), actor=site["recorder"])
    db.session.expire_all()

    after = {line.name: (line.id, line.row_version) for line in row.people}
    assert after[site["li"].name] == before[site["li"].name]
    assert after[other.name][0] == before[other.name][0]
    assert [line.role for line in row.people] == ["party", "witness"]
    assert db.session.query(IncidentPerson).count() == 2


def test_who_is_taken_out_of_an_incident_is_gone(site):
    row = record(site)
    with scope.act_as(site["recorder"]):
        services.change_incident(row, values(site, people=[]), actor=site["recorder"])

    assert row.people == []


def test_refuting_needs_words(site):
    row = record(site)

    with scope.act_as(site["bureau"]), pytest.raises(RemarkMissing):
        services.verify(row, Verdict.REFUTED, " ", actor=site["bureau"])


def test_cancelling_ends_the_alerts_of_the_record(site):
    worker = again(site["li"], site["team"], entry_on=date(2026, 11, 21))
    row = record(site)
    workers_joined.send(workers=[worker], actor=scope.SYSTEM)
    assert only("EVT-001").state is AlertState.OPEN

    with scope.act_as(site["recorder"]):
        services.move(row, "cancel", "误录", actor=site["recorder"])

    assert only("EVT-001").state is AlertState.CLOSED


def test_a_settled_incident_is_not_reported_again(site):
    row = record(site)
    put(type(row), row, IncidentState.CANCELLED)

    with scope.act_as(site["recorder"]), pytest.raises(IllegalMove):
        services.move(row, "report", actor=site["recorder"])


def test_workers_keep_what_their_number_says(site):
    worker = db.session.get(ProjectWorker, site["li"].id)

    assert (worker.number_birth_on, worker.number_sex, worker.number_fault) == (
        worker.birth_on, worker.sex, False,
    )  # fmt: skip
