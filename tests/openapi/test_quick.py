"""Plainly written items are read the short way, with the result of the whole reading."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.openapi import cipher, errors, wire
from app.openapi.wire import Field, Kind

SECRET = "0123456789abcdefFEDCBA9876543210"
CODES = {"direction": {"01", "02"}, "id_card_type": {"01", "08"}}
ITEM = (
    Field("idCardType", Kind.CODE, dictionary="id_card_type", required=True),
    Field("idCardNumber", Kind.ID_NUMBER, max_length=30, required=True),
    Field("date", Kind.INSTANT, required=True),
    Field("direction", Kind.CODE, dictionary="direction", required=True),
    Field("channel", max_length=50),
    Field("lng", Kind.NUMBER, places=15, digits=18),
)
ASSUMED = {"idCardType": "01"}
NUMBER = "11010519491231002X"
PLAIN = {
    "idCardType": "01", "idCardNumber": cipher.encrypt(NUMBER, SECRET),
    "date": "2026-11-20 07:02:04", "direction": "01", "channel": "一号门", "lng": "113.0812",
}  # fmt: skip


def quick(items):
    return wire.read_items(ITEM, items, secret=SECRET, codes=CODES.get, assumed=ASSUMED)


def whole(items):
    schema = (Field("dataList", Kind.LIST, items=ITEM),)
    return wire.read(
        schema, {"dataList": items}, secret=SECRET, codes=CODES.get, now=datetime.now(UTC),
        assumed=ASSUMED,
    )  # fmt: skip


def test_plain_items_are_read_the_short_way():
    items = [PLAIN, {**PLAIN, "direction": "02", "note": "unknown"}]

    assert quick(items) == whole(items).values["dataList"]


VALUES = st.one_of(
    st.none(), st.text(max_size=20), st.integers(), st.floats(allow_nan=False), st.booleans(),
    st.sampled_from(["1", " 01 ", "02", "2026-11-20", "2026-11-20 07:02:04.5",
                     "2026-02-30 00:00:00",
                     "1999-01-01 00:00:00", "2026-11-20T07:02:04", PLAIN["idCardNumber"],
                     PLAIN["idCardNumber"][:-4], cipher.encrypt("  ", SECRET), "1e3", "１"]),
    st.lists(st.integers(), max_size=2),
)  # fmt: skip
NAMES = st.sampled_from([*PLAIN, "Date", "IDCARDNUMBER", "other"])


@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=4), min_size=1, max_size=3))
def test_whatever_is_read_the_short_way_is_read_alike_the_long_way(changes):
    items = [{**PLAIN, **change} for change in changes]
    found = quick(items)

    if found is not None:
        reading = whole(items)
        assert reading.problems == ()
        assert found == reading.values["dataList"]


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_many_texts_are_decrypted_as_each_of_them_is(texts):
    sent = [cipher.encrypt(text, SECRET) for text in texts]

    assert cipher.decrypt_all(sent, SECRET) == texts


@pytest.mark.parametrize("wrong", ["", "A", "AAAA", "*" * 24, cipher.encrypt("x", SECRET[::-1])])
def test_one_broken_text_among_many_is_found(wrong):
    good = cipher.encrypt(NUMBER, SECRET)
    with pytest.raises(errors.CipherTextRefused):
        cipher.decrypt(wrong, SECRET)
    with pytest.raises(errors.CipherTextRefused):
        cipher.decrypt_all([good, wrong, good], SECRET)
