"""Documents of foreigners and of Hong Kong, Macao and Taiwan, by the form (screens.md 0, 8.2)."""

from datetime import date

import pytest

from app.core.errors import Refusal, Refusals
from app.roster import services
from app.roster.choices import StaffKind
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


@pytest.mark.parametrize(
    ("kind", "number", "country"),
    [("10", "H12345678", "HK"), ("10", "M12345678", "MO"), ("12", "12345678", "TW"),
     ("17", "A123456(7)", "HK"), ("18", "A123456789", "TW"), ("19", "1234567(8)", "MO"),
     ("99", "X1234", "CN"), ("08", "E12345678", None), ("20", "E12345678", None)],
)  # fmt: skip
def test_the_document_says_the_region_and_a_country_no_document_names_is_asked_for(
    site, gc, kind, number, country
):
    foreigner = {"id_type": kind, "id_number": number, "sex": "0", "birth_on": date(1985, 5, 5)}
    worker = enrol(site, gc, **foreigner)
    post = services.add_staff(
        site.project, StaffKind.SPECIALIST,
        roster.staff_values(site.main, "1", **foreigner | {"id_number": number + "9"}), actor=gc,
    )  # fmt: skip

    for row in (worker, post):
        assert (row.nationality, "nationality" in owed(row)) == (country, country is None)


@pytest.mark.parametrize(
    ("region", "country"),
    [("440781", "CN"), ("810000", "HK"), ("820000", "MO"), ("830000", "TW"), ("911100", None)],
)
def test_a_residence_permit_says_the_region_of_its_holder(site, gc, region, country):
    number = people.identity_number(date(1988, 8, 8), "1", region)
    assert enrol(site, gc, id_number=number).nationality == country


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
