"""Corrections 补录 (screens.md 9.3, 20)."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.attendance.choices import CorrectionState, OddState, PunchState
from app.attendance.errors import (
    MonthLocked,
    NobodyChosen,
    NoteMissing,
    NotOnSite,
    NotTheReviewer,
    NotYourProject,
    Overlapping,
    ProofMissing,
    WrongDates,
    WrongTimes,
)
from app.attendance.models import AttendanceDay, Correction, OddPunch, Punch, PunchMark
from app.attendance.services import add_correction, decide_correction, lock_month
from app.core import chain, clock, scope, states
from app.core.errors import IllegalMove
from app.extensions import db
from tests.factories import attendance, roster
from tests.factories.attendance import ALL_RIGHTS, DAY, NOON, at, punch, record

DISTRICT = scope.Principal(
    scope.Audience.GOVERNMENT, 9, districts=("440703",), permissions=ALL_RIGHTS
)


@pytest.fixture
def site(work):
    with clock.frozen(NOON):
        yield attendance.site()


def enter(site, *workers, actor=None, **values):
    return add_correction(
        site.project,
        {
            "worker_ids": [w.id for w in workers or [site.own_worker]], "work_on": DAY,
            "in_time": time(7), "out_time": time(18), "reason": "missed_punch", **values,
        },
        actor=actor or site.contractor(),
    )  # fmt: skip


def day_of(worker, on=DAY):
    table = AttendanceDay.__table__
    return db.session.execute(
        select(table).where(table.c.worker_id == worker.id, table.c.work_on == on)
    ).one_or_none()


def test_the_general_contractor_s_own_correction_counts_at_once(site):
    row = enter(site)

    assert row.state is CorrectionState.APPROVED
    day = day_of(site.own_worker)
    assert (day.seconds, day.manual, day.sources) == (int(9.5 * 3600), True, ["manual"])
    assert [(p.source, p.correction_id) for p in db.session.query(Punch)] == [
        ("manual", row.id)
    ] * 2  # fmt: skip
    assert chain.verify(site.project.id) is None


def test_several_workers_and_several_days_are_entered_at_once(site):
    row = enter(
        site, site.own_worker, site.sub_worker, work_on=DAY - timedelta(days=1), until_on=DAY
    )

    assert db.session.query(Punch).count() == 8
    assert row.worker_count == 2
    assert row.unit_id is None
    assert day_of(site.sub_worker).seconds == int(9.5 * 3600)


def test_a_whole_team_means_all_who_were_on_site(site):
    present = roster.worker(site.own_team)
    roster.worker(site.own_team, entry_on=DAY + timedelta(days=1))

    row = enter(site, worker_ids=[], team_id=site.own_team.id)

    assert sorted(row.worker_ids) == sorted([site.own_worker.id, present.id])


def test_times_past_midnight_belong_to_the_day_they_began(site):
    row = enter(
        site, work_on=DAY - timedelta(days=1), in_time=time(20), out_time=time(4),
        out_next_day=True,
    )  # fmt: skip

    assert row.state is CorrectionState.APPROVED
    assert day_of(site.own_worker, DAY - timedelta(days=1)).span_seconds == 8 * 3600


def test_instants_are_taken_as_times_too(site):
    enter(site, in_time=at("07:00"), out_time=at("18:00"))

    assert day_of(site.own_worker).seconds == int(9.5 * 3600)


@pytest.mark.parametrize(
    ("values", "refusal", "field"),
    [
        ({"work_on": date(2026, 10, 22)}, WrongDates, "work_on"),
        ({"until_on": date(2026, 10, 19)}, WrongDates, "until_on"),
        ({"until_on": date(2026, 10, 22)}, WrongDates, "until_on"),
        ({"work_on": date(2026, 9, 1), "until_on": DAY}, WrongDates, "until_on"),
        ({"in_time": time(18), "out_time": time(7)}, WrongTimes, "out_time"),
        ({"in_time": time(7), "out_time": time(7)}, WrongTimes, "out_time"),
        ({"in_time": time(5), "out_time": time(0), "out_next_day": True}, WrongTimes, "out_time"),
        ({"work_on": date(2026, 10, 21)}, WrongTimes, "out_time"),
        ({"reason": "other"}, NoteMissing, "note"),
        ({"work_on": date(2026, 10, 17)}, ProofMissing, "proof"),
        ({"work_on": date(2026, 2, 28), "proof": [1]}, NotOnSite, "worker_ids"),
        ({"worker_ids": []}, NobodyChosen, "worker_ids"),
        ({"worker_ids": [999_999]}, NobodyChosen, "worker_ids"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(site, values, refusal, field):
    with pytest.raises(refusal) as caught:
        enter(site, **values)

    assert caught.value.field == field
    assert str(caught.value)
    assert db.session.query(Punch).count() == 0


@pytest.mark.parametrize(
    "change",
    [{"is_deleted": True}, {"exit_on": DAY - timedelta(days=1)},
     {"entry_on": DAY + timedelta(days=1)}],
    ids=["taken off the roster", "left before", "entered later"],
)  # fmt: skip
def test_who_is_meanwhile_not_on_site_is_not_approved(site, change):
    row = enter(site, site.sub_worker, actor=site.subcontractor())
    for name, value in change.items():
        setattr(site.sub_worker, name, value)
    db.session.flush()

    with pytest.raises(NotOnSite) as caught:
        decide_correction(row, "approve", actor=site.contractor())

    assert caught.value.field == "worker_ids"
    assert db.session.query(Punch).count() == 0


def test_exactly_eighteen_hours_pass(site):
    enter(site, work_on=date(2026, 10, 19), in_time=time(6), out_time=time(0), out_next_day=True,
          )  # fmt: skip

    assert day_of(site.own_worker, date(2026, 10, 19)).span_seconds == 18 * 3600


def test_three_days_back_need_no_proof_and_more_than_ten_workers_do(site):
    assert enter(site, work_on=date(2026, 10, 18)).state is CorrectionState.APPROVED

    crowd = [roster.worker(site.own_team) for _n in range(11)]
    assert enter(site, *crowd[:10]).state is CorrectionState.APPROVED
    with pytest.raises(ProofMissing):
        enter(site, *crowd, in_time=time(18, 30), out_time=time(19))


def test_a_locked_month_is_refused(site):
    lock_month(site.project, "2026-09", actor=site.contractor())

    with pytest.raises(MonthLocked):
        enter(site, work_on=date(2026, 9, 28), proof=[1])


def test_times_that_overlap_a_pair_are_refused_and_touching_ones_are_not(site):
    record(site.project, punch(site.own_worker, "in 07:00"), punch(site.own_worker, "out 12:00"))

    with pytest.raises(Overlapping):
        enter(site, in_time=time(11, 59), out_time=time(17))
    assert enter(site, in_time=time(13), out_time=time(17)).state is CorrectionState.APPROVED


def test_a_day_above_eleven_hours_is_warned_of_but_taken(site):
    record(site.project, punch(site.own_worker, "in 06:00"), punch(site.own_worker, "out 12:00"))

    row = enter(site, in_time=time(13), out_time=time(19))

    assert site.own_worker.name in row.warning
    assert row.state is CorrectionState.APPROVED
    assert not enter(site, site.sub_worker).warning


def test_a_subcontractor_s_correction_waits_for_the_general_contractor(site):
    row = enter(site, site.sub_worker, actor=site.subcontractor())

    assert row.state is CorrectionState.PENDING
    assert day_of(site.sub_worker) is None
    with pytest.raises(NotTheReviewer):
        decide_correction(row, "approve", actor=site.subcontractor())
    with pytest.raises(NotTheReviewer):
        decide_correction(row, "approve", actor=DISTRICT)

    decide_correction(row, "approve", actor=site.contractor())

    assert row.state is CorrectionState.APPROVED
    assert day_of(site.sub_worker).seconds == int(9.5 * 3600)
    assert [move.verb for move in states.history(row)] == ["create", "approve"]


def test_a_rejected_correction_writes_nothing_and_asks_for_words(site):
    row = enter(site, site.sub_worker, actor=site.subcontractor())

    with pytest.raises(states.RemarkMissing):
        decide_correction(row, "reject", actor=site.contractor())
    decide_correction(row, "reject", "不在场", actor=site.contractor())

    assert row.state is CorrectionState.REJECTED
    assert db.session.query(Punch).count() == 0
    with pytest.raises(IllegalMove):
        decide_correction(row, "approve", actor=site.contractor())


def test_more_than_thirty_days_back_waits_for_the_district(site):
    file = [1]
    old = date(2026, 9, 20)
    row = enter(site, work_on=old, proof=None if not file else [_file()])

    assert row.state is CorrectionState.DISTRICT
    with pytest.raises(NotTheReviewer):
        decide_correction(row, "approve", actor=site.contractor())
    decide_correction(row, "approve", actor=DISTRICT)

    assert day_of(site.own_worker, old).seconds == int(9.5 * 3600)


def test_a_subcontractor_s_old_correction_needs_both(site):
    row = enter(
        site, site.sub_worker, work_on=date(2026, 9, 20), proof=[_file()],
        actor=site.subcontractor(),
    )  # fmt: skip

    decide_correction(row, "approve", actor=site.contractor())
    assert row.state is CorrectionState.DISTRICT
    assert db.session.query(Punch).count() == 0
    decide_correction(row, "approve", actor=DISTRICT)
    assert row.state is CorrectionState.APPROVED
    assert chain.verify(site.project.id) is None


def test_exactly_thirty_days_back_and_days_before_the_approval_need_no_review(site):
    assert enter(site, work_on=date(2026, 9, 21), proof=[_file()]).state is CorrectionState.APPROVED
    site.project.actual_start, site.project.approved_on = date(2026, 8, 1), date(2026, 9, 10)
    db.session.flush()

    row = enter(site, work_on=date(2026, 9, 10), proof=[_file()])
    assert row.state is CorrectionState.APPROVED
    row = enter(site, work_on=date(2026, 9, 11), proof=[_file()])
    assert row.state is CorrectionState.DISTRICT


def _file():
    from app.core import files, uploads

    return files.keep(uploads.CleanFile(**_clean()))


def _clean():
    import hashlib

    content = b"%PDF-1.4 proof"
    return {
        "content": content, "original_name": "证明.pdf", "mime": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(), "extension": "pdf",
    }  # fmt: skip


def test_unpaired_punches_within_the_times_become_void_and_are_named(site):
    first = record(site.project, punch(site.own_worker, "in 07:30"))[0]

    enter(site)

    marks = {m.punch_id: m.state for m in db.session.query(PunchMark)}
    assert marks == {first.punch_id: PunchState.VOID}
    manual = db.session.query(Punch).filter_by(source="manual").all()
    assert [p.replaces for p in manual] == [[first.punch_id]] * 2
    assert day_of(site.own_worker).missing_count == 0
    assert db.session.get(Punch, first.punch_id).punched_at == at("07:30")


def test_a_punch_at_the_very_time_entered_is_used_as_it_is(site):
    first = record(site.project, punch(site.own_worker, "in 07:00"))[0]

    enter(site)

    day = day_of(site.own_worker)
    assert (day.seconds, day.punch_count, day.missing_count) == (int(9.5 * 3600), 2, 0)
    assert day.pairs[0][2] == first.punch_id


def test_a_subcontractor_enters_only_its_own_workers(site):
    with scope.act_as(site.subcontractor()), pytest.raises(NobodyChosen):
        enter(site, site.own_worker, actor=site.subcontractor())
    with pytest.raises(NotYourProject):
        enter(site, site.own_worker, actor=site.subcontractor())
    with pytest.raises(NotYourProject):
        enter(site, actor=DISTRICT)


def test_an_odd_punch_is_turned_into_a_correction(site):
    record(site.project, punch(site.own_worker, "in 07:00", on=date(2026, 10, 25)))
    odd = db.session.query(OddPunch).one()

    enter(site, odd_id=odd.id, reason="device_fault")

    assert odd.state is OddState.CORRECTED


def test_corrections_are_seen_by_their_unit_the_contractor_and_the_district(site):
    enter(site, site.own_worker)
    mine = enter(site, site.sub_worker, actor=site.subcontractor())

    with scope.act_as(site.subcontractor()):
        assert [c.id for c in db.session.query(Correction)] == [mine.id]
    with scope.act_as(site.contractor()):
        assert db.session.query(Correction).count() == 2
    with scope.act_as(DISTRICT):
        assert db.session.query(Correction).count() == 2


def test_an_approval_that_would_now_overlap_is_refused(site):
    row = enter(site, site.sub_worker, actor=site.subcontractor())
    record(site.project, punch(site.sub_worker, "in 07:00"), punch(site.sub_worker, "out 12:00"))

    with pytest.raises(Overlapping):
        decide_correction(row, "approve", actor=site.contractor())


def test_the_times_of_the_correction_are_those_of_china(site):
    enter(site)

    assert sorted(p.punched_at for p in db.session.query(Punch)) == [
        datetime(2026, 10, 20, 7, tzinfo=clock.CHINA),
        datetime(2026, 10, 20, 18, tzinfo=clock.CHINA),
    ]  # fmt: skip
