import json
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.openapi import wire
from app.openapi.wire import Field, Kind
from tests.openapi.wire.cases import ID_NUMBER, JPEG, SECRET, b64, read

ROW = (
    Field("teamSysNo", Kind.INTEGER),
    Field("idCardNumber", Kind.ID_NUMBER),
    Field("payBankCardNumber", encrypted=True),
    Field("hasContract", Kind.FLAG),
    Field("entryTime", Kind.INSTANT),
    Field("birthday", Kind.DATE),
    Field("payMonth", Kind.MONTH),
    Field("totalPayAmount", Kind.MONEY),
    Field("type", Kind.CODE, numeric=True),
    Field("workType", Kind.CODE),
    Field("image", Kind.IMAGE),
    Field("remark"),
    Field("detailList", Kind.LIST, items=(Field("isPass", Kind.FLAG), Field("remark"))),
)


def test_replies_hold_what_the_caller_can_read():
    written = wire.write(
        ROW,
        {
            "teamSysNo": 1500161164,
            "idCardNumber": ID_NUMBER,
            "payBankCardNumber": "6222000000000000017",
            "hasContract": False,
            "entryTime": datetime(2024, 1, 15, 16, 0, 1, 5, tzinfo=UTC),
            "birthday": date(1949, 12, 31),
            "payMonth": date(2024, 1, 1),
            "totalPayAmount": Decimal("5000.10"),
            "type": "1",
            "workType": "010",
            "image": wire.File(JPEG, "image/jpeg"),
            "detailList": [{"isPass": True, "remark": None}],
            "secret": "never",
        },
        secret=SECRET,
    )

    assert written == {
        "teamSysNo": 1500161164,
        "idCardNumber": "69tji3W8zjYG0wK80b6ZK80Z7cRtSgSueebtJ+r8v9A=",
        "payBankCardNumber": "CZIsfDj/yDwXlTus9Ks8hZq4kbYz2pelTHqOeHGH2pY=",
        "hasContract": 0,
        "entryTime": "2024-01-16 00:00:01",
        "birthday": "1949-12-31",
        "payMonth": "2024-01",
        "totalPayAmount": 5000.1,
        "type": 1,
        "workType": "010",
        "image": b64(JPEG),
        "detailList": [{"isPass": 1}],
    }
    assert type(written["hasContract"]) is int


def test_an_instant_shown_as_a_date_is_the_day_in_china():
    written = wire.write(
        (Field("exitTime", Kind.DATE),),
        {"exitTime": datetime(2024, 1, 15, 16, tzinfo=UTC)},
        secret=SECRET,
    )

    assert written == {"exitTime": "2024-01-16"}


def test_absent_fields_are_left_out_rather_than_null():
    assert wire.write(ROW, {"remark": None, "workType": ""}, secret=SECRET) == {}


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_amounts_keep_every_fen_in_replies(amount):
    schema = (Field("totalPayAmount", Kind.MONEY),)

    text = json.dumps(wire.write(schema, {"totalPayAmount": amount}, secret=SECRET))

    assert read(schema, wire.parse(text)).values == {"totalPayAmount": amount}
