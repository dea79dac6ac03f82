"""Acknowledging, handling, returning, closing (screens.md 11.2)."""

from datetime import date, timedelta

import pytest

from app.alerts import errors, queries, services
from app.alerts.choices import AlertState, CloseKind, Decision, EventKind, HandlingResult
from app.alerts.models import AlertEvent
from app.core import clock, scope
from app.core.errors import IllegalMove, NotAllowed
from app.core.files import StoredFile
from app.core.states import RemarkMissing
from app.extensions import db
from app.identity import principals
from app.identity.models import Account
from tests.factories import enterprises, projects, roster
from tests.factories.alerts import alerts, day_of, noon, only, scan

D20 = date(2026, 10, 20)


def principal(user_id):
    with scope.login_scope("test"):
        return principals.principal_of(db.session.get(Account, user_id))


@pytest.fixture
def site(work):
    firm = enterprises.enterprise()
    project = projects.project(firm)
    sub = enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
    unit = projects.unit(project, sub)
    return {
        "worker": roster.worker(roster.team(unit)), "unit": unit, "project": project,
        "gc": principal(enterprises.admin(firm)), "sub": principal(enterprises.admin(sub)),
        "clerk": scope.Principal(
            scope.Audience.TENANT, units=(unit.id,), permissions=frozenset({("read", "alerts")})
        ),
        "district": principal(enterprises.official("district_reviewer")),
        "far": principal(enterprises.official("district_reviewer", district="440781")),
    }  # fmt: skip


def yellow(site):
    day_of(site["worker"], D20, 12)
    scan("ATT-001", D20 + timedelta(days=1))
    return only("ATT-001")


def orange(site):
    day_of(site["worker"], D20, 14)
    scan("ATT-001", D20 + timedelta(days=1))
    return only("ATT-001")


def record(alert, actor, **values):
    with scope.act_as(actor):
        services.acknowledge(alert, actor=actor)
        return services.handle(
            alert, {"measure": "安排调休", "result": HandlingResult.EXPLAINED, **values},
            actor=actor,
        )  # fmt: skip


def picture(actor):
    row = StoredFile(original_name="a.jpg", mime="image/jpeg", size=1, sha256="0", key="0",
                     created_by=actor.user_id)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def test_a_contractor_handles_and_closes_what_is_yellow(site):
    alert = yellow(site)
    record(alert, site["sub"])
    with scope.act_as(site["sub"]):
        services.close(alert, "已安排调休", actor=site["sub"])

    assert (alert.state, alert.close_kind) == (AlertState.CLOSED, CloseKind.BY_HAND)
    kinds = [e.kind for e in db.session.query(AlertEvent).order_by(AlertEvent.id)]
    assert kinds == [EventKind.OPENED, EventKind.ACKNOWLEDGED, EventKind.HANDLED, EventKind.CLOSED]


def test_orange_needs_proof_and_the_bureau_closes_it(site):
    alert, proof = orange(site), [picture(site["sub"])]
    with scope.act_as(site["sub"]):
        services.acknowledge(alert, actor=site["sub"])
        with pytest.raises(errors.ProofMissing):
            services.handle(
                alert, {"measure": "x", "result": HandlingResult.EXPLAINED}, actor=site["sub"]
            )
        services.handle(
            alert, {"measure": "x", "result": HandlingResult.EXPLAINED, "proof": proof},
            actor=site["sub"],
        )  # fmt: skip
        with pytest.raises(errors.GovernmentCloses):
            services.close(alert, "说明", actor=site["sub"])
    with scope.act_as(site["district"]):
        services.close(alert, "情况属实", actor=site["district"])

    assert alert.state is AlertState.CLOSED


def test_the_bureau_returns_with_words_and_the_contractor_answers_again(site):
    alert = yellow(site)
    record(alert, site["sub"])
    with scope.act_as(site["district"]):
        with pytest.raises(RemarkMissing):
            services.send_back(alert, "", actor=site["district"])
        services.send_back(alert, "请附排班表", actor=site["district"])
    with scope.act_as(site["sub"]):
        services.handle(
            alert, {"measure": "附排班表", "result": HandlingResult.EXPLAINED}, actor=site["sub"]
        )

    assert alert.state is AlertState.HANDLING
    kinds = [e.kind for e in db.session.query(AlertEvent).order_by(AlertEvent.id)]
    assert kinds[-2:] == [EventKind.RETURNED, EventKind.HANDLED]


def test_what_was_returned_is_no_answer_any_more(site):
    with clock.frozen(noon(D20 + timedelta(days=1))):
        alert = yellow(site)
        record(alert, site["sub"])
    with clock.frozen(noon(D20 + timedelta(days=8))), scope.act_as(site["district"]):
        services.send_back(alert, "请附排班表", actor=site["district"])

        assert (alert.handled_at, alert.result) == (None, None)
        with pytest.raises(errors.NotHandledYet):
            services.send_back(alert, "还是请附排班表", actor=site["district"])
        # yellow: five working days from Wednesday 28 October, which end on Wednesday 4 November
        assert clock.local(alert.due_at).date() == date(2026, 11, 4)
    with scope.act_as(site["sub"]), pytest.raises(errors.NotHandledYet):
        services.close(alert, "x", actor=site["sub"])


def test_a_returned_explanation_neither_settles_nor_stops_the_escalation(site):
    with clock.frozen(noon(D20 + timedelta(days=1))):
        alert = yellow(site)
        record(alert, site["sub"])
        office = alert.office
        with scope.act_as(site["district"]):
            services.send_back(alert, "请附排班表", actor=site["district"])
    scan("ATT-001", D20 + timedelta(days=40))

    assert alert.state is AlertState.HANDLING
    assert alert.office is not office


def test_a_false_alarm_is_closed_as_one(site):
    alert = yellow(site)
    record(alert, site["sub"], result=HandlingResult.FALSE_ALARM)
    with scope.act_as(site["sub"]):
        services.close(alert, "闸机时钟错误", actor=site["sub"])

    assert alert.close_kind is CloseKind.FALSE_ALARM


def test_closing_needs_words_and_a_record(site):
    alert = yellow(site)
    with scope.act_as(site["sub"]), pytest.raises(errors.NotHandledYet):
        services.close(alert, "x", actor=site["sub"])
    record(alert, site["sub"])
    with scope.act_as(site["sub"]), pytest.raises(RemarkMissing):
        services.close(alert, " ", actor=site["sub"])


def test_who_only_reads_does_nothing(site):
    alert = yellow(site)

    with scope.act_as(site["clerk"]), pytest.raises(NotAllowed):
        services.acknowledge(alert, actor=site["clerk"])


def test_only_rules_of_the_bureau_end_by_decision(site):
    alert = yellow(site)

    with scope.act_as(site["district"]), pytest.raises(errors.NoDecision):
        services.decide(alert, Decision.NO_CONCERN, "无碍", actor=site["district"])


def test_handling_before_acknowledging_is_refused(site):
    alert = yellow(site)

    with scope.act_as(site["sub"]), pytest.raises(IllegalMove):
        services.handle(
            alert, {"measure": "x", "result": HandlingResult.EXPLAINED}, actor=site["sub"]
        )


def test_urging_stands_in_the_timeline(site):
    alert = yellow(site)
    with scope.act_as(site["district"]):
        services.urge(alert, "三日内处理", actor=site["district"])

    last = db.session.query(AlertEvent).order_by(AlertEvent.id.desc()).first()
    assert (last.kind, last.remark, alert.state) == (
        EventKind.URGED, "三日内处理", AlertState.OPEN,
    )  # fmt: skip


def test_an_urging_waits_for_a_record_of_handling(site):
    alert = yellow(site)
    with scope.act_as(site["district"]):
        services.urge(alert, "三日内处理", actor=site["district"])
        services.urge(alert, "明日上报", actor=site["district"])

    assert [event.remark for event in queries.open_urges(alert)] == ["三日内处理", "明日上报"]
    record(alert, site["sub"])
    assert (alert.urged_at, queries.open_urges(alert)) == (None, [])


def test_urging_what_is_closed_is_refused_in_a_sentence(site):
    alert = yellow(site)
    record(alert, site["sub"])
    with scope.act_as(site["sub"]):
        services.close(alert, "已安排调休", actor=site["sub"])

    with scope.act_as(site["district"]), pytest.raises(IllegalMove) as refused:
        services.urge(alert, "三日内处理", actor=site["district"])

    assert alert.number in str(refused.value)
    assert str(refused.value) != alert.state.label


def test_each_audience_sees_its_own_alerts(site):
    yellow(site)
    other = projects.project(enterprises.enterprise())
    stranger = roster.worker(roster.team(projects.general_contractor_unit(other)))
    day_of(stranger, D20, 12)
    scan("ATT-001", D20 + timedelta(days=1))

    seen = {}
    for name in ("gc", "sub", "district", "far"):
        with scope.act_as(site[name]):
            db.session.expunge_all()
            seen[name] = len(alerts("ATT-001"))
    assert seen == {"gc": 1, "sub": 1, "district": 2, "far": 0}
