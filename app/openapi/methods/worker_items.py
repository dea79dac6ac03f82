"""One worker as a message brings him, in either shape of ProjectWorker.Add (open-api.md 9.5)."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from app.openapi import codes, errors, wire
from app.openapi.methods import rows
from app.openapi.schemas import (
    CARD_LIMIT,
    PICTURE_LIMIT,
    SOME_TEAM,
    columns_of,
    fields_of,
)  # fmt: skip
from app.openapi.wire import Field, Kind, Latest, Schema
from app.roster.choices import MANAGER_ROLE, OFFERED_DOCUMENTS
from app.roster.models import ProjectWorker

LIST = "workerList"
COLUMNS = columns_of(ProjectWorker)
RESIDENTS = ("81", "82", "83", "9")
CARD_DATES = re.compile(r"\s*(\d{4})\D(\d{1,2})\D(\d{1,2})\D?\s*[-—~至]\s*(.*)")
LAST_DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")
DAY = Latest(errors.NOT_AFTER_THE_DAY)


def _card(values: Mapping[str, Any]) -> bool:
    return values.get("idCardType", "01") == "01"


def _chinese(values: Mapping[str, Any]) -> bool:
    """Tell whether the person holds the card of a citizen, not a residence permit (screens 0)."""
    number = str(values.get("idCardNumber", ""))
    return _card(values) and not number.startswith(RESIDENTS)


SIZES = {
    "cellPhone": {"max_length": 20}, "idCardNumber": {"max_length": 30},
    "headImage": {"max_bytes": PICTURE_LIMIT},
    "positiveIDCardImage": {"max_bytes": CARD_LIMIT},
    "negativeIDCardImage": {"max_bytes": CARD_LIMIT},
}  # fmt: skip
DEMANDED: dict[str, dict[str, Any]] = {
    "isTeamLeader": {"required": True}, "workRole": {"required": True},
    "nation": {"required": _chinese}, "politicsType": {"required": _chinese},
    "grantOrg": {"required": _card}, "address": {"required": True},
    "headImage": {"required": True}, "cultureLevelType": {"required": True},
}  # fmt: skip
MORE: Schema = (
    Field("issueCardDate", Kind.DATE, latest=Latest(errors.NOT_AFTER_TODAY)),
    Field("manageType", max_length=20),
)
# what the items of one city's variant without a head add
WITHOUT_HEAD: Schema = (
    *SOME_TEAM, Field("gender", max_length=2), Field("headImageSuffix", max_length=10),
    Field("cardDate", max_length=40), Field("inDate", Kind.DATE, latest=DAY),
    Field("outDate", Kind.DATE, latest=DAY),
)  # fmt: skip
ENTRIES = ("entry_on", "exit_on")
ITEM = (
    *fields_of(
        ProjectWorker, without=ENTRIES,
        **{name: {**SIZES.get(name, {}), **DEMANDED.get(name, {})} for name in SIZES | DEMANDED},
    ),
    *MORE,
)  # fmt: skip
# an Update says what has changed, of a person who is named in full
NAMING = ("idCardType", "idCardNumber")
CHANGED_ITEM = (
    *fields_of(
        ProjectWorker, without=ENTRIES,
        **{name: {**SIZES.get(name, {}), "required": name in NAMING} for name in COLUMNS},
    ),
    *MORE,
)  # fmt: skip


def mended(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read a card without end (长期) and the name of an ethnic group with its 族."""
    whole = wire.Members(data).get(LIST)
    if isinstance(whole, str):  # one client sends its lists as JSON text
        with suppress(errors.ParameterRefused):
            whole = wire.load(whole)
    if not isinstance(whole, list):
        return _mended(data)
    items = [_mended(item) if isinstance(item, dict) else item for item in whole]
    rest = {key: value for key, value in data.items() if key.lower() != LIST.lower()}
    return {**rest, LIST: items}


def _mended(item: Mapping[str, Any]) -> dict[str, Any]:
    members = dict(item)
    for key, value in item.items():
        if not isinstance(value, str):
            continue
        if key.lower() == "expirydate" and value.strip() == "长期":
            members[key] = ""
        if key.lower() == "nation" and len(value.strip()) > 1:
            members[key] = value.strip().removesuffix("族")
    if period := wire.Members(item).get("cardDate"):
        members |= {name: day for name, day in _card_dates(str(period)) if name not in members}
    return members


def _card_dates(period: str) -> Iterator[tuple[str, str]]:
    """Give both days of a card written in one text, such as 2007年08月22日-2027年08月22日."""
    match = CARD_DATES.fullmatch(period)
    if match is None:
        return
    yield "startDate", _iso(*match.groups()[:3])
    if end := LAST_DAY.fullmatch(match[4].strip()):
        yield "expiryDate", _iso(*end.groups())


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{month:0>2}-{day:0>2}"


def values_of(
    item: Mapping[str, Any], path: tuple[str | int, ...], problems: list[str]
) -> dict[str, Any]:
    """Give the values of a stay one item brings, by column name."""
    checked = COLUMNS if item["idCardType"] in OFFERED_DOCUMENTS else {}
    values = rows.values_of(checked, item, path, problems)
    if item.get("issueCardDate"):
        values["card_issued_at"] = rows.midnight(item["issueCardDate"])
    if values.get("union_joined_on"):
        values["union_member"] = True
    if item.get("gender") in ("0", "1") and not _card(item):
        values["sex"] = item["gender"]
    if item.get("workRole") == MANAGER_ROLE and item.get("manageType") in codes.codes("post"):
        values["post"] = item["manageType"]  # nationally name and list are unsure
    return {"id_type": item["idCardType"], "id_number": item["idCardNumber"], **values}


def stay_of(item: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """Give the days of entry and exit that one city's variant sends with the worker."""
    return item.get("inDate"), item.get("outDate")
