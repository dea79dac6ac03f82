"""The dictionaries the installation starts with."""

import csv
import re
from pathlib import Path

import pytest

import app.reference

DATA = Path(app.reference.__path__[0]) / "data"
TABLES = sorted(path.stem for path in DATA.glob("*.csv") if path.stem != "index")


def rows(table):
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def labels(table):
    return {row["code"]: row["label_zh"] for row in rows(table)}


def test_the_index_names_every_table_once():
    assert [row["table"] for row in rows("index")] == TABLES


def test_the_readme_describes_every_table_on_one_line():
    described = re.findall(
        r"^\| `(\w+)` \|", (DATA / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert described == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_complete_and_codes_are_plain_and_unique(table):
    found = rows(table)
    codes = [row["code"] for row in found]

    assert len(set(codes)) == len(codes) > 0
    for row in found:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,20}", row["code"]), row
        assert row["label_zh"] == row["label_zh"].strip() != "", row
        assert row["label_en"] == row["label_en"].strip() != "", row
        assert row["offered"] in {"0", "1"}, row


@pytest.mark.parametrize(
    ("table", "size", "code", "label"),
    [
        ("unit_role", 14, "009", "总承包单位"),
        ("id_type", 26, "01", "居民身份证"),
        ("district", 8, "440785", "恩平市"),
        ("work_type", 39, "010", "砌筑工"),
        ("nation", 57, "08", "壮"),
        ("bank", 129, "320", "村镇银行有限责任公司"),
        ("mgmt_post", 36, "1009", "项目经理"),
        ("training_type", 4, "003002", "入场教育"),
        ("attend_method", 11, "001", "人脸识别"),
        ("pay_state", 5, "50", "暂缓发放"),
        ("special_cert_type", 9, "04", "建筑起重机械司机(塔机/施工升降机/物料提升机)"),
    ],
)
def test_national_lists_keep_their_codes_as_text(table, size, code, label):
    found = labels(table)

    assert len(found) == size
    assert found[code] == label


def test_nations_are_sent_by_name_and_local_rows_are_not_sent():
    assert {row["wire"] for row in rows("nation")} == set(labels("nation").values())
    assert {row["code"]: row["wire"] for row in rows("measure_unit")} == {
        "80": "80", "81": "81", "82": "82", "t": "", "piece": "", "item": "",
    }  # fmt: skip
    assert {row["wire"] for row in rows("project_status")} <= set(labels("prj_status"))
    assert {row["wire"] for row in rows("mgmt_post")} <= set(labels("mgmt_post"))


def test_the_form_offers_nine_kinds_of_document():
    offered = [row["code"] for row in rows("id_type") if row["offered"] == "1"]

    assert offered == ["01", "08", "10", "12", "17", "18", "19", "20", "99"]


def test_lists_of_trades_name_existing_codes():
    for table in ("high_risk_trades", "hazard_trades"):
        for row in rows(table):
            assert row["label_zh"] == labels(row["list"])[row["code"]]
    for row in rows("special_cert_type"):
        assert set(row["trades"].split()) <= set(labels("work_type"))


def test_minors_are_kept_from_every_high_risk_trade_and_every_special_trade_in_force():
    hazardous = {(row["list"], row["code"]) for row in rows("hazard_trades")}
    special = [row for row in rows("special_cert_type") if row["offered"] == "1"]

    assert {(row["list"], row["code"]) for row in rows("high_risk_trades")} <= hazardous
    assert {("special_cert_type", row["code"]) for row in special} <= hazardous
    assert {("work_type", trade) for row in special for trade in row["trades"].split()} <= hazardous


def test_regions_reach_from_provinces_to_counties():
    found = labels("region")

    assert found["440000"] == "广东省"
    assert all(re.fullmatch(r"[1-9][0-9]{5}", code) for code in found)
    assert all(code[:2] + "0000" in found for code in found)
    districts = [row for row in rows("district") if row["code"] != "440700"]
    assert {row["code"]: row["label_zh"] for row in districts} == {
        row["code"]: row["label_zh"]
        for row in rows("region")
        if re.match("4407(?!00)", row["code"]) and row["offered"] == "1"
    }


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("440721", "新会县"),
        ("440722", "台山县"),
        ("440723", "恩平县"),
        ("440724", "开平县"),
        ("440725", "鹤山县"),
        ("440782", "新会市"),
    ],
)
def test_former_counties_are_known_but_not_offered(code, label):
    row = next(row for row in rows("region") if row["code"] == code)

    assert (row["label_zh"], row["offered"]) == (label, "0")
    assert row["note"].startswith("former")


def test_countries_carry_the_number_that_is_sent():
    found = {row["code"]: row for row in rows("nationality")}

    assert found["CN"]["wire"] == "156"
    assert {found[code]["label_zh"] for code in ("HK", "MO", "TW")} == {
        "中国香港", "中国澳门", "中国台湾",
    }  # fmt: skip
    assert all(re.fullmatch(r"[0-9]{3}", row["wire"]) for row in found.values())
    assert len(found) > 240
