"""读身份证: the reader as keyboard, or the CSV of its software (screens.md 8.2)."""

from datetime import date
from io import BytesIO

import pytest

from app.core import dictionaries
from app.roster import services
from app.roster.errors import RosterRefusal
from app.roster.services import cards
from tests.factories import people, roster


@pytest.fixture
def human(work):
    """Somebody with a card."""
    return people.person()


def expected(human):
    return {
        "id_type": "01", "id_number": human.id_number, "name": human.name, "sex": human.sex,
        "birth_on": human.birth_on, "nation": dictionaries.find("nation", "汉"),
        "address": "广东省江门市蓬江区建设路2号", "id_issuer": "江门市公安局蓬江分局",
        "id_valid_from": date(2020, 1, 1), "id_valid_to": date(2040, 1, 1),
    }  # fmt: skip


def fields(human, parted, valid="20200101-20400101"):
    sex = "男" if human.sex == "0" else "女"
    return parted.join([
        human.name, sex, "汉", f"{human.birth_on:%Y%m%d}", "广东省江门市蓬江区建设路2号",
        human.id_number, "江门市公安局蓬江分局", valid,
    ])  # fmt: skip


@pytest.mark.parametrize("parted", [",", "\t", "|", "\r\n", "，"])
def test_what_a_reader_types_is_read_however_it_parts_the_fields(human, parted):
    assert cards.read_card(fields(human, parted)) == expected(human)


def test_labels_before_the_fields_are_taken_off(human):
    sex = "男" if human.sex == "0" else "女"
    text = (
        f"姓名：{human.name}\n性别：{sex}\n民族：汉族\n出生：{human.birth_on:%Y年%m月%d日}\n"
        f"住址：广东省江门市蓬江区建设路2号\n公民身份号码：{human.id_number}\n"
        "签发机关：江门市公安局蓬江分局\n有效期限：2020.01.01-2040.01.01"
    )
    assert cards.read_card(text) == expected(human)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_the_csv_of_the_readers_software_is_read_by_its_headers_the_last_row(human, encoding):
    other = people.person()
    heads = "序号,姓名,性别,民族,出生日期,住址,公民身份号码,签发机关,有效期起,有效期止"
    rows = [
        f"{n},{one.name},男,汉,1990-01-01,广东省江门市蓬江区建设路2号,'{one.id_number},"
        "江门市公安局蓬江分局,2020-01-01,2040-01-01"
        for n, one in enumerate((other, human), 1)
    ]
    assert cards.read_card("\n".join([heads, *rows]).encode(encoding)) == expected(human)


def test_a_card_without_end_has_no_last_day(human):
    found = cards.read_card(fields(human, ",", "2020.01.01-长期"))

    assert (found["id_valid_from"], found["id_valid_to"]) == (date(2020, 1, 1), None)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("读卡失败", id="words"),
        pytest.param("张三,男,440702199001011234", id="a wrong check digit"),
        pytest.param(b"\x89PNG\r\n\x1a\n\xff\xff", id="a picture"),
    ],
)
def test_what_is_no_card_is_refused_with_the_way_out(work, text):
    with pytest.raises(RosterRefusal) as found:
        cards.read_card(text)
    assert found.value.field == "card"


def test_a_proof_marks_only_the_number_and_name_that_were_read(human):
    values = cards.read_card(fields(human, ","))
    proof = cards.proof_of(values, "DKQ-7")

    assert cards.marks(proof, values) == {"read_by_chip": True, "reader_no": "DKQ-7"}
    assert cards.marks(proof, {**values, "name": "别人"}) == {}
    assert cards.marks(proof, {**values, "id_number": people.person().id_number}) == {}
    assert cards.marks(proof[:-2], values) == {}
    assert cards.marks("", values) == {}


def test_a_form_filled_from_the_chip_is_marked_and_its_conflict_weighs_more(site, gc, human):
    roster.worker(site.far_team, id_number=human.id_number, name="旧名字")
    row = roster.worker_values(site.main_team, id_number=human.id_number, name=human.name)
    worker = services.enrol_workers(
        site.project, [{**row, "read_by_chip": True, "reader_no": "DKQ-7"}], actor=gc
    )[0]

    assert (worker.read_by_chip, worker.reader_no) == (True, "DKQ-7")
    assert worker.conflict == {"known": "旧名字", "given": human.name, "chip": True}


def test_the_route_answers_the_values_of_the_form_and_says_what_is_wrong(browse, city):
    firm, human = browse(city.firm_user, city.project), people.person()
    text = fields(human, ",")
    found = firm.post("/workerview/read_card", data={"text": text, "reader_no": "DKQ-7"}).json
    assert found["ok"] is True
    assert found["fill"]["id_number"] == human.id_number
    assert found["fill"]["birth_on"] == human.birth_on.isoformat()
    data = {"file": (BytesIO(text.encode("gb18030")), "card.csv")}
    assert firm.post("/workerview/read_card", data=data).json["fill"]["name"] == human.name

    wrong = firm.post("/workerview/read_card", data={"text": "读卡失败"}).json
    assert wrong["ok"] is False
    assert "on the reader again" in wrong["message"]
