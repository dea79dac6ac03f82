import csv
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import app.reference
from app.core import checks
from app.demo.people import ELSEWHERE, FEMALE, JIANGMEN, MALE, MINORITIES, PeopleGenerator

AS_OF = date(2026, 1, 1)
HOMES = [*JIANGMEN, *ELSEWHERE, *(home for _, home in MINORITIES)]


@cache
def codes(table):
    path = Path(app.reference.__path__[0]) / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def test_the_same_seed_makes_the_same_people():
    assert list(PeopleGenerator(7).people(50)) == list(PeopleGenerator(7).people(50))
    assert list(PeopleGenerator(7).people(50)) != list(PeopleGenerator(8).people(50))


@given(st.integers())
def test_people_pass_every_check(seed):
    for person in PeopleGenerator(seed).people(5):
        read = checks.identity_number(person.id_number, AS_OF, regions=codes("region"))
        assert (read.number, read.birth_on) == (person.id_number, person.birth_on)
        assert (read.sex, read.region_code) == (person.sex, person.region_code)
        assert read.region_known
        assert checks.mobile(person.mobile) == person.mobile
        assert checks.bank_card(person.bank_card) == (person.bank_card, True)


@given(st.integers(), st.integers(16, 70), st.integers(0, 20))
@example(seed=789395, youngest=16, span=0)  # born on 28 February, asked on the 29th
def test_ages_lie_within_the_limits(seed, youngest, span):
    person = PeopleGenerator(seed, as_of=date(2024, 2, 29)).person(ages=(youngest, youngest + span))

    assert youngest <= checks.age_on(person.birth_on, date(2024, 2, 29)) <= youngest + span


@pytest.mark.parametrize("sex", [MALE, FEMALE])
def test_sex_can_be_asked_for(sex):
    assert PeopleGenerator(1).person(sex=sex).sex == sex


def test_codes_are_of_the_dictionaries():
    for person in PeopleGenerator(3).people(200):
        assert person.nation in codes("nation")
        assert person.bank_code in codes("bank")
        assert person.education in codes("education")
        assert person.politics in codes("politics")


def test_no_number_is_given_twice():
    people = list(PeopleGenerator(5).people(3000))

    for field in ("id_number", "mobile", "bank_card"):
        assert len({getattr(person, field) for person in people}) == len(people)


def test_some_people_bear_dotted_names_and_former_county_codes():
    people = list(PeopleGenerator(2).people(400))

    assert any("·" in person.name for person in people)
    assert any("·" not in person.name and person.nation != "01" for person in people)
    assert {"440723", "440782"} & {person.region_code for person in people}


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.region_code)
def test_addresses_end_with_the_county_of_their_code(home):
    regions = codes("region")

    assert home.address.startswith(regions[home.region_code[:2] + "0000"]["label_zh"])
    assert home.address.endswith(regions[home.region_code]["label_zh"])
    assert regions[home.region_code]["offered"] == "1"
    assert {regions[code]["offered"] for code in home.former} <= {"0"}


@pytest.mark.parametrize("kind", ["gc", "prof_sub", "labor_sub"])
def test_firms_are_marked_and_their_codes_pass(kind):
    makers = PeopleGenerator(4)
    firms = [makers.firm(kind) for _ in range(30)]

    assert kind in codes("enterprise_type")
    assert len({firm.name for firm in firms}) == len({firm.credit_code for firm in firms}) == 30
    for firm in firms:
        assert firm.name.endswith("（演示）")
        assert checks.credit_code(firm.credit_code) == firm.credit_code
        assert firm.credit_code[2:8] == firm.region_code in codes("district")


def test_firms_never_run_out_of_names():
    makers = PeopleGenerator(6)

    assert len({makers.firm("gc").name for _ in range(2000)}) == 2000
