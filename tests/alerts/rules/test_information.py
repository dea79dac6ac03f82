"""PERS-001: worker information incorrect (alert-rules.md 3.1)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.alerts import parameters
from app.alerts.choices import AlertState, CloseKind, Layer, Level
from app.alerts.models import AlertEvent
from app.core import clock, rules, scope
from app.core.columns import Document, specs
from app.core.files import StoredFile
from app.extensions import db
from app.roster.choices import IdCheck, StayState
from app.roster.models import BELONGING, CONTACT, IDENTITY, ProjectWorker
from tests.factories import enterprises, projects, roster, wages
from tests.factories.alerts import alerts, day_of, noon, only, scan
from tests.factories.states import put

D20 = date(2026, 10, 20)
SAVED_AT = datetime(2026, 10, 20, 2, tzinfo=UTC)
NUMBER = "440703198504120002"
FULL = {
    "nationality": "CN", "nation": "01", "address": "蓬江区建设路1号", "id_issuer": "江门市公安局",
    "education": "02", "politics": "13",
}  # fmt: skip


@pytest.fixture
def team(work):
    with clock.frozen(SAVED_AT):
        yield roster.team(
            projects.general_contractor_unit(projects.project(enterprises.enterprise()))
        )


def complete(team, **values):
    """Make a worker with every field and picture, saved on 2026-10-20."""
    worker = roster.worker(team, entry_on=D20, **{**FULL, **values})
    pictures(worker)
    return worker


def pictures(worker):
    """Put the three pictures of a worker on file."""
    kept = [
        StoredFile(original_name="a.jpg", mime="image/jpeg", size=1, sha256="0", key="0",
                   created_by=None)
        for _n in range(3)
    ]  # fmt: skip
    db.session.add_all(kept)
    db.session.flush()
    worker.face_photo, worker.id_front, worker.id_back = (row.id for row in kept)
    db.session.flush()


def checks_of(worker):
    found = alerts("PERS-001", person_hash=worker.id_number_hash, state=AlertState.OPEN)
    return found[0].facts["checks"] if found else []


def test_a_birth_date_that_differs_is_yellow_then_orange_and_closes_when_corrected(team):
    worker = complete(team, id_number=NUMBER, sex="1", birth_on=date(1985, 4, 21))

    scan("PERS-001", D20)
    assert (only("PERS-001").level, checks_of(worker)) == (Level.YELLOW, ["b"])
    scan("PERS-001", date(2026, 10, 23))
    assert only("PERS-001").level is Level.YELLOW
    scan("PERS-001", date(2026, 10, 24))
    assert only("PERS-001").level is Level.ORANGE

    worker.birth_on = date(1985, 4, 12)
    scan("PERS-001", date(2026, 10, 26))
    assert only("PERS-001").close_kind is CloseKind.AUTO
    last = db.session.query(AlertEvent).order_by(AlertEvent.id.desc()).first()
    assert last.sentence.startswith("2026-10-26复核，下列问题已不存在：出生日期")


def test_unmended_for_seven_days_more_it_is_red(team):
    complete(team, id_number=NUMBER, sex="1", birth_on=date(1985, 4, 21))
    scan("PERS-001", D20)

    scan("PERS-001", D20 + timedelta(days=11))

    assert only("PERS-001").level is Level.RED


@pytest.mark.parametrize(
    "number",
    ["440703198504120002", "440723196803150013", "440782197008220021", "44072519650110003X",
     "810000198001010014", "830000198505060027"],
)  # fmt: skip
def test_right_data_of_living_and_former_counties_and_permits_are_nothing(team, number):
    birth, sex = number[6:14], "0" if int(number[16]) % 2 else "1"
    mobile = "13800138001"
    for _brother in range(2):
        complete(
            team, id_number=number if not _brother else roster.people.person().id_number,
            birth_on=None, sex=None, mobile=mobile,
        )  # fmt: skip
    worker = db.session.query(ProjectWorker).order_by(ProjectWorker.id).first()
    worker.birth_on = date(int(birth[:4]), int(birth[4:6]), int(birth[6:]))
    worker.sex = sex

    scan("PERS-001", D20 + timedelta(days=3))

    assert alerts("PERS-001") == []


@pytest.mark.parametrize(
    ("values", "check", "level"),
    [
        ({"id_number": "440703198504120003", "sex": "1", "birth_on": date(1985, 4, 12)}, "a",
         Level.ORANGE),
        ({"id_number": "440703198513120002"}, "a", Level.ORANGE),
        ({"id_valid_to": D20 - timedelta(days=1)}, "e", Level.BLUE),
        ({"mobile": "12345"}, "f", Level.BLUE),
        ({"state": StayState.EXPECTED, "entry_on": D20 + timedelta(days=16)}, "h", Level.YELLOW),
        ({"entry_on": D20 + timedelta(days=1)}, "h", Level.YELLOW),
        ({"entry_on": date(2026, 1, 4)}, "h", Level.YELLOW),
    ],
)  # fmt: skip
def test_each_check_finds_its_fault(team, values, check, level):
    worker = roster.worker(team, **{**FULL, "entry_on": D20, **values})
    pictures(worker)

    scan("PERS-001", D20)

    assert (check in checks_of(worker), only("PERS-001").level) == (True, level)


@pytest.mark.parametrize(
    "values",
    [
        {"id_valid_to": D20},
        {"state": StayState.EXPECTED, "entry_on": D20 + timedelta(days=15)},
        {"entry_on": date(2026, 1, 5)},
        {"id_type": "08", "id_number": "E12345678", "nationality": "US", "work_permit_no": "1",
         "work_permit_valid_to": date(2027, 1, 1)},
    ],
)  # fmt: skip
def test_the_near_misses_are_nothing(team, values):
    worker = roster.worker(team, **{**FULL, "entry_on": D20, **values})
    pictures(worker)

    scan("PERS-001", D20)

    assert checks_of(worker) == []


def test_three_workers_with_one_telephone_are_each_blue_and_two_are_not(team):
    pair = [complete(team, mobile="13800138001") for _n in range(2)]
    scan("PERS-001", D20)
    assert [checks_of(w) for w in pair] == [[], []]

    third = complete(team, mobile="13800138001")
    scan("PERS-001", D20, person_hashes=[third.id_number_hash])

    assert [checks_of(w) for w in [*pair, third]] == [["f"]] * 3


@pytest.mark.parametrize(
    ("last_day", "found"),
    [
        pytest.param(D20 + timedelta(days=5), [], id="the roster still gives days"),
        pytest.param(D20 - timedelta(days=1), ["d", "g"], id="the roster says overdue"),
    ],
)
def test_empty_fields_count_by_the_clock_the_roster_shows(team, last_day, found):
    midnight = noon(last_day + timedelta(days=1)) - timedelta(hours=12)
    worker = roster.worker(
        team, entry_on=D20, incomplete=True, complete_by=midnight, **{**FULL, "education": None}
    )

    scan("PERS-001", D20 + timedelta(days=4) if not found else D20)

    assert checks_of(worker) == found


def test_empty_fields_and_pictures_count_on_the_fourth_day(team):
    worker = roster.worker(team, entry_on=D20, **{**FULL, "education": None})

    scan("PERS-001", D20 + timedelta(days=3))
    assert checks_of(worker) == []
    scan("PERS-001", D20 + timedelta(days=4))

    assert checks_of(worker) == ["d", "g"]
    assert only("PERS-001").facts["missing"] == ["education"]


def test_an_empty_contract_or_card_belongs_to_other_rules(team):
    worker = complete(team)
    assert worker.contract_no is None
    assert worker.bank_card_no is None

    scan("PERS-001", D20 + timedelta(days=4))

    assert alerts("PERS-001") == []


def test_every_mandatory_field_of_identity_contact_and_team_is_checked():
    from app.alerts.rules.information import _empty

    wanted = {
        name for name, spec in specs(ProjectWorker).items()
        if (spec.later or spec.required_at) and not isinstance(spec.kind, Document)
        and any(spec.section is s for s in (IDENTITY, CONTACT, BELONGING))
    }  # fmt: skip
    assert set(_empty()) == wanted


def test_three_valid_days_with_a_wrong_number_are_red(team):
    worker = complete(team, id_number="440703198504120003")
    for back in (1, 2):
        day_of(worker, D20 - timedelta(days=back))
    scan("PERS-001", D20)
    assert only("PERS-001").level is Level.ORANGE

    day_of(worker, D20 - timedelta(days=3))
    scan("PERS-001", D20)
    assert only("PERS-001").level is Level.RED


def test_leaving_ends_it_unless_wages_were_paid_on_a_wrong_number(team):
    soft = complete(team, mobile="12")
    hard = complete(team, id_number="440703198504120003")
    paid = complete(team, id_number="440703198504120004")
    wages.pay(wages.payroll([paid], "2026-09"), D20)
    scan("PERS-001", D20)

    for worker in (soft, hard, paid):
        put(ProjectWorker, worker, StayState.EXITED)
    scan("PERS-001", D20 + timedelta(days=1))

    assert [only("PERS-001", person_hash=w.id_number_hash).state for w in (soft, hard, paid)] == [
        AlertState.CLOSED, AlertState.CLOSED, AlertState.OPEN,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "check", "day"),
    [
        ({"id_check_state": IdCheck.DIFFERENT}, "c", 0),
        ({"id_check_state": IdCheck.UNCHECKED}, "i", 2),
        ({"id_check_state": IdCheck.MATCHING, "face_score": 0.79}, "d", 0),
    ],
)
def test_verification_counts_only_where_a_source_is_configured(team, values, check, day):
    worker = complete(team, **values)
    scan("PERS-001", D20 + timedelta(days=day))
    assert checks_of(worker) == []

    parameters.change(
        rules.get("PERS-001"), "verify_source", "manual", layer=Layer.CITY, actor=scope.SYSTEM,
        effective_from=D20,
    )  # fmt: skip
    scan("PERS-001", D20 + timedelta(days=day))

    assert checks_of(worker) == [check]
