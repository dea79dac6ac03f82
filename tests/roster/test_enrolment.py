"""Workers joining a project, through every door (screens.md 8.2, 19, 20)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from app.core import clock, scope, settings
from app.core.errors import Refusals
from app.extensions import db
from app.projects.choices import UnitState
from app.roster import errors, events, queries, services
from app.roster.choices import MovementKind, StaffState, StayState
from app.roster.models import Certificate, Movement, Person, ProjectWorker, StaffMember
from app.roster.states import STAY_FLOW
from tests.factories import people, projects, roster

TODAY = date(2026, 11, 22)
FORM, SHEET, API = scope.Door.FORM, scope.Door.SHEET, scope.Door.API


def enrol(site, actor, **values):
    rows = [roster.worker_values(site.main_team, **values)]
    with scope.act_as(actor):
        return services.enrol_workers(site.project, rows, actor=actor)[0]


def fields(refusal):
    found = refusal.problems if isinstance(refusal, Refusals) else [refusal]
    return {problem.field for problem in found}


def refused(site, actor, **values):
    with pytest.raises(errors.Refusal) as caught:
        enrol(site, actor, **values)
    return caught.value


def test_seven_values_put_a_worker_on_site_with_three_days_to_complete(site, gc):
    worker = enrol(site, gc, entry_on=TODAY)

    assert worker.state is StayState.ON_SITE
    assert worker.incomplete is True
    assert worker.complete_by == datetime(2026, 11, 26, tzinfo=clock.CHINA)
    assert worker.worker_no == "000001"
    assert worker.work_type == site.main_team.work_type
    assert worker.work_role == "20"


def test_judging_refuses_what_enrolling_refuses_and_writes_nothing(site, gc):
    good, twice = roster.worker_values(site.main_team), roster.worker_values(site.main_team)
    late = roster.worker_values(site.main_team, entry_on=TODAY + timedelta(days=16))
    with scope.act_as(gc):
        judged = services.check_workers(site.project, [good], actor=gc)
        raised = []
        for verb in (services.check_workers, services.enrol_workers):
            with pytest.raises(errors.Refusal) as caught:
                verb(site.project, [good, twice, twice, late], actor=gc)
            raised.append([(one.row, one.field, str(one)) for one in caught.value.problems])

    assert [(one.new, one.changed) for one in judged] == [(True, False)]
    assert raised[0] == raised[1]
    assert [row for row, _field, _text in raised[0]] == [2, 3]
    assert db.session.query(ProjectWorker).count() == 0


def test_the_three_days_run_from_the_saving_when_the_entry_lies_back(site, gc):
    worker = enrol(site, gc, entry_on=date(2026, 11, 2))

    assert worker.complete_by == datetime(2026, 11, 26, tzinfo=clock.CHINA)


def test_the_three_days_of_an_expected_worker_run_from_his_entry(site, gc):
    worker = enrol(site, gc, entry_on=date(2026, 12, 1))

    assert worker.state is StayState.EXPECTED
    assert worker.incomplete is True
    assert worker.complete_by == datetime(2026, 12, 5, tzinfo=clock.CHINA)


def test_contract_training_and_card_are_no_part_of_the_three_days(site, gc):
    worker = enrol(site, gc)
    due = {spec.name for spec in services.due.still_due(worker)}

    assert {"nation", "address", "id_front", "id_back", "face_photo", "education"} <= due
    assert not due & {"contract_no", "pay_rate", "training_on", "bank_card_no", "contract_file"}
    assert not due & {"injury_insured", "accident_insured"}  # taken over from the project


def test_ethnic_group_and_politics_are_not_due_on_a_residence_permit(site, gc):
    number = people.identity_number(date(1990, 5, 6), "0", "810000")
    worker = enrol(site, gc, id_number=number)

    due = {spec.name for spec in services.due.still_due(worker)}
    assert not due & {"nation", "politics"}
    assert "address" in due


def test_sex_and_birth_come_from_the_identity_number(site, gc):
    number = people.identity_number(date(1985, 4, 12), "1", "440703")
    worker = enrol(site, gc, id_number=number.lower())

    assert (worker.sex, worker.birth_on) == ("1", date(1985, 4, 12))
    assert worker.id_number == number


def test_the_form_refuses_a_birth_date_that_contradicts_the_number(site, gc):
    number = people.identity_number(date(1985, 4, 12), "1", "440703")

    assert fields(refused(site, gc, id_number=number, birth_on=date(1985, 4, 21))) == {"birth_on"}


def test_the_interface_keeps_a_contradicting_birth_date_for_the_alert(site, gc, at):
    number = people.identity_number(date(1985, 4, 12), "1", "440703")
    worker = enrol(site, at(gc, API), id_number=number, birth_on=date(1985, 4, 21), work_type="020")

    assert worker.birth_on == date(1985, 4, 21)


def test_a_sheet_is_told_what_contradicts_the_number_and_a_child_stays_a_child(site, gc, at):
    number = people.identity_number(date(clock.today().year - 12, 4, 12), "1", "440703")
    worker = enrol(site, at(gc, SHEET), id_number=number, birth_on=date(1990, 1, 1), sex="0")
    told = "；".join(str(one) for one in worker.notices)

    assert "16" in told
    assert str(clock.today().year - 12) in told
    assert len(worker.notices) >= 3


def test_a_passport_needs_sex_and_birth_in_the_form_and_loses_its_marks(site, gc):
    assert fields(refused(site, gc, id_type="08", id_number="E1234-5678")) == {"sex", "birth_on"}
    worker = enrol(
        site, gc, id_type="08", id_number="e1234-5678", sex="0", birth_on=date(1990, 1, 2)
    )

    assert worker.id_number == "E12345678"
    assert {"work_permit_no", "work_permit_valid_to"} <= {
        spec.name for spec in services.due.still_due(worker)
    }


def test_a_wrong_check_digit_is_refused_beside_the_number(site, gc):
    number = people.person().id_number
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    problem = refused(site, gc, id_number=wrong)

    assert fields(problem) == {"id_number"}
    assert f"“{number[17]}”" in str(problem)
    assert "逐位核对" in str(problem)  # the other digits may be the wrong ones


def test_an_entry_fifteen_days_ahead_is_taken_and_sixteen_are_not(site, gc):
    assert enrol(site, gc, entry_on=TODAY + timedelta(days=15)).state is StayState.EXPECTED
    assert fields(refused(site, gc, entry_on=TODAY + timedelta(days=16))) == {"entry_on"}


def test_the_form_refuses_an_entry_before_the_project_contract(site, gc, at):
    before = site.project.contract_signed_on - timedelta(days=1)

    assert fields(refused(site, gc, entry_on=before)) == {"entry_on"}
    assert enrol(site, at(gc, SHEET), entry_on=before).entry_on == before


def test_one_number_lives_once_on_a_project(site, gc):
    first = enrol(site, gc)
    problem = refused(site, gc, id_number=first.id_number, name=first.name)

    assert isinstance(problem, errors.AlreadyOnProject)
    assert problem.id_number == first.id_number
    assert first.id_number not in str(problem)


def test_a_subcontractor_cannot_add_whom_another_unit_has(site, gc):
    first = enrol(site, gc)
    sub = roster_principal(site.sub_user)
    row = roster.worker_values(site.side_team, id_number=first.id_number, name=first.name)

    with scope.act_as(sub), pytest.raises(errors.AlreadyOnProject):
        services.enrol_workers(site.project, [row], actor=sub)


def roster_principal(user_id):
    from tests.roster.conftest import principal_of

    return principal_of(user_id)


def test_the_database_itself_refuses_a_second_live_stay(site):
    first = roster.worker(site.main_team)

    second = roster.worker(site.side_team)
    second.id_number = first.id_number
    with pytest.raises(IntegrityError, match="live_id_number"):
        db.session.flush()


def test_the_same_number_twice_in_one_list_names_the_second_row(site, gc):
    row = roster.worker_values(site.main_team)
    with scope.act_as(gc), pytest.raises(errors.TwiceInList) as caught:
        services.enrol_workers(site.project, [row, dict(row)], actor=gc)

    assert caught.value.row == 1


def test_a_person_is_made_once_in_the_city(site, gc):
    first = enrol(site, gc)
    with scope.system_scope("test"):
        number = db.session.scalar(
            select(func.count()).select_from(Person)
            .where(Person.id_number_hash == queries.fingerprint(first.id_number))
        )  # fmt: skip

    assert number == 1
    other = roster.worker_values(site.far_team, id_number=first.id_number, name=first.name)
    again = services.enrol_workers(site.elsewhere, [other], actor=scope.SYSTEM)[0]
    assert again.person_id == first.person_id


def test_a_name_that_differs_is_taken_and_marked_with_both_names(site, gc):
    known = roster.worker(site.far_team, name="张三锋")
    worker = enrol(site, gc, id_number=known.id_number, name="张三丰")

    assert worker.conflicted is True
    assert worker.conflict == {"known": "张三锋", "given": "张三丰"}
    assert any("张三锋" in notice for notice in worker.notices)


def test_another_spelling_of_the_same_name_is_no_conflict(site, gc):
    known = roster.worker(site.far_team, name="买买提·艾力")
    worker = enrol(site, gc, id_number=known.id_number, name="买买提•艾力")

    assert worker.conflicted is False


def test_a_stay_elsewhere_does_not_stop_the_new_one_and_is_told(site, gc):
    known = roster.worker(site.far_team)
    worker = enrol(site, gc, id_number=known.id_number, name=known.name)

    assert worker.state is StayState.ON_SITE
    assert any(site.elsewhere.name in notice for notice in worker.notices)


def test_a_stay_that_has_ended_elsewhere_is_not_told(site, gc):
    known = roster.worker(site.far_team, state=StayState.EXITED, exit_on=date(2026, 6, 1))
    worker = enrol(site, gc, id_number=known.id_number, name=known.name)

    assert not any(site.elsewhere.name in notice for notice in worker.notices)


def test_without_an_entry_date_the_interface_keeps_a_draft(site, gc, at):
    worker = enrol(site, at(gc, API), entry_on=None, work_type="020")

    assert worker.state is StayState.DRAFT
    assert worker.entry_on is None
    assert "entry_on" in fields(refused(site, gc, entry_on=None))


@pytest.mark.parametrize("door", [FORM, SHEET, API])
def test_every_door_owes_the_same_values_by_the_same_day(site, gc, at, door):
    worker = enrol(site, at(gc, door), entry_on=TODAY, work_type="020")
    owed = {spec.name for spec in services.due.still_due(worker)}

    assert worker.incomplete is True
    assert worker.complete_by == datetime(2026, 11, 26, tzinfo=clock.CHINA)
    assert owed == {
        "nation", "address", "id_issuer", "id_portrait", "id_front", "id_back", "face_photo",
        "education", "politics",
    }  # fmt: skip


def test_a_draft_by_interface_owes_its_entry_date_too_from_the_saving(site, gc, at):
    worker = enrol(site, at(gc, API), entry_on=None, work_type="020")

    assert worker.incomplete is True
    assert worker.complete_by == datetime(2026, 11, 26, tzinfo=clock.CHINA)
    assert "entry_on" in {spec.name for spec in services.due.still_due(worker)}


def test_a_first_punch_puts_a_draft_on_site_and_its_entry_date_stays_due(site, gc, at):
    worker = enrol(site, at(gc, API), entry_on=None, work_type="020")
    with clock.frozen(datetime(2026, 11, 25, 8, tzinfo=clock.CHINA)):
        services.begin_with_punch([worker], actor=scope.SYSTEM)

    assert (worker.state, worker.entry_on) == (StayState.ON_SITE, None)
    assert worker.incomplete is True
    assert worker.complete_by == datetime(2026, 11, 26, tzinfo=clock.CHINA)
    assert "entry_on" in {spec.name for spec in services.due.still_due(worker)}


def test_a_repeated_upload_of_a_draft_is_a_duplicate(site, gc, at):
    api = at(gc, API)
    first = enrol(site, api, entry_on=None, work_type="020")
    with scope.act_as(api):
        row = roster.worker_values(
            site.main_team, id_number=first.id_number, name=first.name, work_type="020"
        )
        with pytest.raises(errors.AlreadyOnProject):
            services.enrol_workers(site.project, [row], actor=api)


@pytest.mark.parametrize("name", ["unit_id", "team_id", "id_number", "name", "mobile"])
@pytest.mark.parametrize("door", [FORM, SHEET, API])
def test_what_is_due_at_once_is_refused_at_every_door(site, gc, at, door, name):
    assert name in fields(refused(site, at(gc, door), work_type="020", **{name: None}))


def test_one_bad_row_keeps_the_whole_list_out(site, gc):
    rows = [roster.worker_values(site.main_team) for _n in range(3)]
    rows[2]["mobile"] = None
    with scope.act_as(gc), pytest.raises(errors.Missing) as caught:
        services.enrol_workers(site.project, rows, actor=gc)

    assert caught.value.row == 2
    assert db.session.scalar(select(func.count()).select_from(ProjectWorker)) == 0


def test_entry_is_recorded_as_a_movement_only_once_it_happens(site, gc):
    here, later = enrol(site, gc), enrol(site, gc, entry_on=TODAY + timedelta(days=3))

    assert [(m.kind, m.moved_on) for m in queries.movements(here)] == [
        (MovementKind.ENTRY, here.entry_on)
    ]
    assert queries.movements(later) == []


def test_joining_is_told_once_for_each_new_row(site, gc):
    heard = []
    listener = events.workers_joined.connect(
        lambda workers, actor: heard.extend(w.id for w in workers)  # noqa: ARG005
    )
    try:
        worker = enrol(site, gc)
        with scope.act_as(gc):
            services.edit_worker(worker, {"mobile": "13800138000"}, actor=gc)
    finally:
        events.workers_joined.receivers.remove(listener)

    assert heard == [worker.id]


@pytest.fixture
def incident():
    """Somebody answers the question of joining with a hit."""
    events.joining.connect(
        receiver := lambda **_facts: [{"level": "warn", "text": "闹事 2025-01-18"}]
    )
    yield
    events.joining.receivers.remove(receiver)


def test_an_incident_asks_the_form_for_a_reason_and_keeps_it(site, gc, incident):
    problem = refused(site, gc)
    assert fields(problem) == {"join_reason"}
    assert "闹事 2025-01-18" in str(problem)

    assert enrol(site, gc, join_reason="已调解").join_reason == "已调解"


def test_an_incident_never_stops_the_interface(site, gc, at, incident):
    assert enrol(site, at(gc, API), work_type="020").state is StayState.ON_SITE


def test_coming_back_is_a_new_stay_and_needs_a_reason_for_the_same_team(site, gc):
    left = roster.worker(site.main_team, state=StayState.EXITED, exit_on=date(2026, 6, 1))
    same = {"id_number": left.id_number, "name": left.name}

    assert fields(refused(site, gc, **same)) == {"join_reason"}
    assert enrol(site, gc, join_reason="工程需要", **same).id != left.id


def test_coming_back_into_another_team_needs_no_reason(site, gc):
    left = roster.worker(roster.team(site.main), state=StayState.EXITED, exit_on=date(2026, 6, 1))

    assert enrol(site, gc, id_number=left.id_number, name=left.name).id != left.id


CARD = "6222021001116245702"


def test_a_card_of_another_person_is_refused_by_the_form_only(site, gc, at):
    enrol(site, gc, bank_card_no=CARD)

    assert fields(refused(site, gc, bank_card_no=CARD)) == {"bank_card_no"}
    assert enrol(site, at(gc, SHEET), bank_card_no=CARD).bank_card_no == CARD
    assert enrol(site, at(gc, API), bank_card_no=CARD, work_type="020").bank_card_no == CARD


def test_the_same_person_keeps_his_card_on_the_next_site(site, gc):
    first = enrol(site, gc, bank_card_no=CARD)
    row = roster.worker_values(
        site.far_team, id_number=first.id_number, name=first.name, bank_card_no=CARD
    )
    stranger = roster_principal(site.stranger_user)

    with scope.act_as(stranger):
        again = services.enrol_workers(site.elsewhere, [row], actor=stranger)[0]
    assert again.bank_card_no == CARD


def test_a_card_typed_by_mistake_is_free_for_its_owner_once_corrected(site, gc):
    mistaken = enrol(site, gc, bank_card_no=CARD)
    corrected = "6222021001116245710"
    with scope.act_as(gc):
        services.edit_worker(mistaken, {"bank_card_no": corrected}, actor=gc)

    assert fields(refused(site, gc, bank_card_no=corrected)) == {"bank_card_no"}
    assert enrol(site, gc, bank_card_no=CARD).bank_card_no == CARD


def test_a_card_is_free_once_the_stay_that_carried_it_has_ended(site, gc):
    carrier = enrol(site, gc, bank_card_no=CARD)
    carrier.exit_on = TODAY
    STAY_FLOW.fire("leave", carrier, actor=scope.SYSTEM)

    assert enrol(site, gc, bank_card_no=CARD).bank_card_no == CARD


def test_a_draft_completed_with_another_card_gives_the_first_one_back(site, gc, at):
    draft = enrol(site, at(gc, API), entry_on=None, work_type="020", bank_card_no=CARD)
    again = {"id_number": draft.id_number, "name": draft.name}
    enrol(site, gc, bank_card_no="6222021001116245710", **again)

    assert enrol(site, gc, bank_card_no=CARD).bank_card_no == CARD


def test_an_account_in_another_name_needs_proof_in_the_form(site, gc, at):
    other = {"bank_card_no": CARD, "bank_account_name": "李四"}

    assert fields(refused(site, gc, name="张三", **other)) == {"bank_account_name"}
    assert enrol(site, at(gc, SHEET), name="张三", **other).bank_account_name == "李四"
    assert (
        enrol(site, gc, name="王五", bank_card_no="6222021001116245710").bank_account_name == "王五"
    )


def test_an_attendance_card_is_worn_once_on_a_project(site, gc):
    enrol(site, gc, card_no="K-17")

    assert fields(refused(site, gc, card_no="K-17")) == {"card_no"}


def test_certificates_come_with_the_worker(site, gc):
    held = {"kind": "1", "number": "T-1", "valid_to": date(2028, 1, 1), "name": "架子工"}
    worker = enrol(site, gc, certificates=[held])

    rows = db.session.scalars(select(Certificate).filter_by(worker_id=worker.id)).all()
    assert [(row.number, row.unit_id) for row in rows] == [("T-1", site.main.id)]
    assert fields(refused(site, gc, certificates=[{**held, "number": None}])) == {"certificates"}


def test_a_team_has_one_leader(site, gc):
    enrol(site, gc, is_team_leader=True)

    assert fields(refused(site, gc, is_team_leader=True)) == {"is_team_leader"}
    other = roster.worker_values(roster.team(site.main), is_team_leader=True)
    with scope.act_as(gc):
        assert services.enrol_workers(site.project, [other], actor=gc)[0].is_team_leader


def test_two_leaders_in_one_list_are_refused(site, gc):
    rows = [roster.worker_values(site.main_team, is_team_leader=True) for _n in range(2)]
    with scope.act_as(gc), pytest.raises(errors.LeaderTaken) as caught:
        services.enrol_workers(site.project, rows, actor=gc)

    assert caught.value.row == 1


def test_the_city_may_tie_the_trade_to_the_team(site, gc):
    assert enrol(site, gc, work_type="240").work_type == "240"
    settings.change("roster.trade_follows_team", value=True)

    assert enrol(site, gc, work_type="240").work_type == "020"


def test_a_manager_by_interface_becomes_a_draft_of_a_post(site, gc, at):
    worker = enrol(site, at(gc, API), work_role="10", work_type="900")
    draft = db.session.scalars(select(StaffMember).filter_by(worker_id=worker.id)).one()

    assert (draft.state, draft.name) == (StaffState.DRAFT, worker.name)


def test_three_workers_with_one_mobile_are_told(site, gc):
    first, second = enrol(site, gc, mobile="13800138000"), enrol(site, gc, mobile="13800138000")
    third = enrol(site, gc, mobile="13800138000")

    assert first.notices == second.notices == ()
    assert len(third.notices) == 1


@pytest.mark.parametrize(
    ("start", "end"), [("contract_from", "contract_to"), ("id_valid_from", "id_valid_to")]
)
def test_an_end_before_its_beginning_is_refused(site, gc, start, end):
    dates = {start: date(2026, 5, 2), end: date(2026, 5, 1)}

    assert fields(refused(site, gc, **dates)) == {end}
    assert enrol(site, gc, **{start: date(2026, 5, 2), end: date(2026, 5, 2)}).id


def test_an_emergency_contact_has_a_telephone_of_his_own(site, gc):
    same = {"mobile": "13800138000", "emergency_mobile": "13800138000"}

    assert fields(refused(site, gc, **same)) == {"emergency_mobile"}


# --- places ---------------------------------------------------------------------------------


def test_a_unit_or_team_of_another_enterprise_is_refused_naming_the_field(site, gc):
    far = {"unit_id": site.far.id, "team_id": site.far_team.id}

    assert fields(refused(site, gc, **far)) == {"unit_id"}
    assert fields(refused(site, gc, team_id=site.far_team.id)) == {"team_id"}
    assert fields(refused(site, gc, team_id=site.side_team.id)) == {"team_id"}


def test_a_subcontractor_adds_to_its_own_unit_only(site):
    sub = roster_principal(site.sub_user)
    with scope.act_as(sub):
        own = services.enrol_workers(
            site.project, [roster.worker_values(site.side_team)], actor=sub
        )
        with pytest.raises(errors.UnitNotHere):
            services.enrol_workers(site.project, [roster.worker_values(site.main_team)], actor=sub)

    assert own[0].unit_id == site.side.id


@pytest.mark.parametrize(
    ("state", "taken"),
    [
        (UnitState.INVITED, True), (UnitState.WAITING_REGISTRATION, True),
        (UnitState.DECLINED, False), (UnitState.EXPIRED, False), (UnitState.EXITED, False),
    ],
)  # fmt: skip
def test_the_general_contractor_keeps_units_that_have_not_accepted(site, gc, state, taken):
    unit = projects.unit(site.project, site.stranger, state=state)
    row = roster.worker_values(roster.team(unit))
    with scope.act_as(gc):
        if taken:
            assert services.enrol_workers(site.project, [row], actor=gc)
        else:
            with pytest.raises(errors.UnitNotOnSite):
                services.enrol_workers(site.project, [row], actor=gc)


def test_an_invited_enterprise_writes_nothing_before_it_accepts(site):
    unit = projects.unit(site.project, site.stranger, state=UnitState.INVITED)
    row = roster.worker_values(roster.team(unit))
    stranger = roster_principal(site.stranger_user)

    with scope.act_as(stranger), pytest.raises(errors.UnitNotHere):
        services.enrol_workers(site.project, [row], actor=stranger)


# --- speed ----------------------------------------------------------------------------------


@pytest.fixture
def statements():
    """Count the statements of a block; SET and savepoints do not count."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.lower().lstrip().startswith(("set ", "savepoint", "release")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def nobody_listens():
    """What other domains ask for each worker is theirs to count."""
    kept, events.workers_joined.receivers = events.workers_joined.receivers, []
    joined, events.joining.receivers = events.joining.receivers, []
    yield
    events.workers_joined.receivers, events.joining.receivers = kept, joined


def test_a_list_is_looked_up_at_once_and_not_row_by_row(site, gc, nobody_listens, statements):
    rows = [roster.worker_values(site.main_team) for _n in range(300)]
    with scope.act_as(gc):
        workers = services.enrol_workers(site.project, rows, actor=gc)

    assert len({worker.worker_no for worker in workers}) == 300
    assert db.session.scalar(select(func.count()).select_from(Movement)) == 300
    assert len(statements) < 40
