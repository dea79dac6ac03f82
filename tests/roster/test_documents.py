"""Documents of foreigners and of Hong Kong, Macao and Taiwan, by the form (screens.md 0, 8.2)."""

from datetime import date

import pytest

from app.core.errors import Refusal, Refusals
from app.roster import services
from app.roster.services.due import still_due
from tests.factories import people, roster


def enrol(site, gc, **values):
    row = roster.worker_values(site.main_team, **values)
    return services.enrol_workers(site.project, [row], actor=gc)[0]


def owed(worker):
    return {spec.name for spec in still_due(worker)}


@pytest.mark.parametrize("kind", ["08", "10", "12", "17", "18", "19", "20", "99"])
def test_other_documents_are_taken_with_sex_and_birth_by_hand(site, gc, kind):
    worker = enrol(site, gc, id_type=kind, id_number="h-1234（5）", sex="0",
                   birth_on=date(1985, 5, 5), nationality="HK")  # fmt: skip

    assert worker.id_number == "H12345"
    assert (worker.sex, worker.birth_on, worker.nationality) == ("0", date(1985, 5, 5), "HK")
    assert {"nation", "politics", "id_issuer", "id_back"} & owed(worker) == set()
    permit = {"work_permit_no", "work_permit_valid_to"}
    assert permit & owed(worker) == (permit if kind in ("08", "20") else set())


@pytest.mark.parametrize("kind", ["08", "10", "12", "17", "18", "19", "20", "99"])
def test_without_sex_and_birth_they_are_refused_by_field(site, gc, kind):
    with pytest.raises(Refusal) as found:
        enrol(site, gc, id_type=kind, id_number="H12345")
    problem = found.value
    singles = problem.problems if isinstance(problem, Refusals) else [problem]
    assert {single.field for single in singles} == {"sex", "birth_on"}


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits_are_entered_as_identity_cards_without_nation(site, gc, region):
    number = people.identity_number(date(1988, 8, 8), "1", region)
    worker = enrol(site, gc, id_number=number)

    assert (worker.id_type, worker.sex, worker.birth_on) == ("01", "1", date(1988, 8, 8))
    assert worker.number_permit is True
    assert {"nation", "politics", "work_permit_no"} & owed(worker) == set()
    assert {"id_issuer", "id_back"} <= owed(worker)


def test_a_wrong_check_digit_of_a_permit_is_refused_with_the_right_one(site, gc):
    number = people.identity_number(date(1988, 8, 8), "1", "810000")
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    with pytest.raises(Refusal) as found:
        enrol(site, gc, id_number=wrong)
    assert found.value.field == "id_number"
    assert f"“{number[-1]}”" in str(found.value)
