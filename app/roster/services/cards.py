"""读身份证: what a card reader gives, as keyboard or as the file of its software (screens.md 8.2).

A reader that works as a keyboard types the fields of the card in its own order, parted by
commas, tabs, bars or lines; its software writes a CSV with headers. Either is read by what the
fields look like. What was read is proven to the saving form by a signed note, so that only what
came through here is marked as read from the chip.
"""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.core import checks, clock, dictionaries
from app.core.columns.base import spec_of
from app.core.names import same_name
from app.roster import queries
from app.roster.errors import RosterRefusal
from app.roster.models import ProjectWorker

PROOF_SECONDS = 24 * 3600  # as long as an upload waits for its row
MOST_TEXT = 20_000
SEXES = ("男", "女")
LEAST_ADDRESS = 5
HEADERS = {
    "name": ("姓名",), "sex": ("性别",), "nation": ("民族",),
    "birth_on": ("出生日期", "出生", "生日"), "address": ("住址", "地址", "家庭住址"),
    "id_number": ("公民身份号码", "身份证号码", "身份证号", "证件号码", "号码"),
    "id_issuer": ("签发机关", "发证机关"),
    "id_valid_from": ("有效期起", "有效期起始日期", "有效开始日期", "起始日期", "有效期开始"),
    "id_valid_to": ("有效期止", "有效期截止日期", "有效截止日期", "截止日期", "有效期结束"),
    "valid": ("有效期限", "有效期"),
}  # fmt: skip
PARTS = re.compile(r"[,，;；|\t\r\n]+")
DAY_TEXT = r"\d{4}\D?\d{1,2}\D?\d{1,2}\D?"
DAY = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?")
SPAN = re.compile(
    r"(\d{4}\D?\d{1,2}\D?\d{1,2}\D?)\s*[-—–~至到]+\s*(长期|\d{4}\D?\d{1,2}\D?\d{1,2}\D?)"
)
NUMBER = re.compile(r"\d{17}[\dXx]")
PLACE = re.compile(r"[省市县区镇乡村路街号]")
ISSUER = re.compile(r"(公安|分局|管理局)")
CHINESE = re.compile(r"[\u4e00-\u9fff·•.]{2,}")


def read_card(text: str | bytes) -> dict[str, Any]:
    """Read one card: values by column of ``ProjectWorker``, as far as they can be read.

    Refuses what holds no identity number with a right check digit. An empty end means 长期.
    """
    plain = _decoded(text)[:MOST_TEXT].strip()
    found = _by_headers(plain) or _by_looks(plain)
    raw = found.pop("id_number", "")
    try:
        read = checks.identity_number(raw, clock.today())
    except checks.Invalid as problem:
        words = gettext("The reader gave no whole identity card: put it on the reader again")
        raise RosterRefusal(f"{words}（{problem}）" if raw else words, field="card") from None
    values = {"id_type": "01", "id_number": read.number, "sex": read.sex,
              "birth_on": read.birth_on, **_valid(found)}  # fmt: skip
    if found.get("name"):
        values["name"] = checks.fold_text(found["name"]).replace(" ", "")
    if found.get("address"):
        values["address"] = found["address"].strip()[:200]
    if found.get("id_issuer"):
        values["id_issuer"] = found["id_issuer"].strip()[:100]
    nation = _nation(found.get("nation", ""))
    return {**values, "nation": nation} if nation else values


def _decoded(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RosterRefusal(
        gettext("This file is no text: save what the reader's software read as CSV"), field="card"
    )


def _by_headers(plain: str) -> dict[str, str]:
    """Read a CSV by its headers: the last row is the card read last."""
    rows = [row for row in csv.reader(io.StringIO(plain)) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        rows = [row for row in csv.reader(io.StringIO(plain), delimiter="\t")
                if any(cell.strip() for cell in row)]  # fmt: skip
    if len(rows) < 2:
        return {}
    places = {
        name: position
        for position, head in enumerate(rows[0])
        for name, heads in HEADERS.items()
        if head.strip().strip("'\"") in heads
    }
    if "id_number" not in places:
        return {}
    last = rows[-1]
    return {
        name: last[position].strip().strip("'")  # a leading quote keeps Excel from counting
        for name, position in places.items() if position < len(last)
    }  # fmt: skip


def _by_looks(plain: str) -> dict[str, str]:
    """Read the fields of one card by what they look like, labels before them taken off."""
    found: dict[str, str] = {}
    span = SPAN.search(plain)
    if span:
        found["valid"] = span.group(0)
        plain = plain.replace(span.group(0), " ,")
    for part in PARTS.split(plain):
        name, value = _labelled(part.strip())
        if value:
            found.setdefault(name or _kind_of(value, found), value)
    found.pop("", None)
    return found


def _labelled(part: str) -> tuple[str, str]:
    for name, heads in HEADERS.items():
        for head in heads:
            if part.startswith((f"{head}:", f"{head}：")):
                return name, part[len(head) + 1 :].strip()
    return "", part


def _kind_of(value: str, found: Mapping[str, str]) -> str:
    """Tell which field of a card a text looks like; empty for none."""
    days = (name for name in ("birth_on", "id_valid_from", "id_valid_to") if name not in found)
    looks = (
        ("id_number", NUMBER.fullmatch(value.replace(" ", ""))),
        ("sex", value in SEXES),
        (next(days, ""), DAY.fullmatch(value)),
        ("id_issuer", ISSUER.search(value)),
        ("address", PLACE.search(value) and len(value) > LEAST_ADDRESS),
        ("nation", "name" in found and _nation(value)),
        ("name", "name" not in found and CHINESE.fullmatch(value)),
    )
    return next((name for name, fits in looks if fits), "")


def _nation(text: str) -> str | None:
    plain = text.strip()
    for one in (plain, plain.removesuffix("族")):
        if one and (code := dictionaries.find("nation", one)):
            return str(code)
    return None


def _valid(found: Mapping[str, str]) -> dict[str, date | None]:
    span = SPAN.search(found.get("valid", ""))
    start, end = span.groups() if span else (
        found.get("id_valid_from", ""), found.get("id_valid_to", "")
    )  # fmt: skip
    values: dict[str, date | None] = {}
    if (first := _day(start)) is not None:
        values["id_valid_from"] = first
        values["id_valid_to"] = _day(end)
    return values


def _day(text: str) -> date | None:
    match = DAY.match(text.strip())
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="card-reader")


def proof_of(values: Mapping[str, Any], reader_no: str) -> str:
    """Sign what was read, for the form that saves it."""
    number = queries.fingerprint(values["id_number"])
    return str(_serializer().dumps([number, values.get("name", ""), reader_no[:50]]))


def marks(proof: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the marks 芯片读取 and 读卡器编号 a proof earns for a number and name; else none."""
    if not proof or not values.get("id_number"):
        return {}
    try:
        number, name, reader = _serializer().loads(proof, max_age=PROOF_SECONDS)
    except (BadSignature, ValueError):
        return {}
    own = queries.fingerprint(str(values["id_number"])) == number
    if not own or not same_name(name, str(values.get("name") or "")):
        return {}
    return {"read_by_chip": True, "reader_no": reader or None}


def as_typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give what was read as the controls of the form hold it."""
    return {name: spec_of(ProjectWorker, name).kind.text(value) for name, value in values.items()}
