"""What the tables of the roster share: doors, sections, and when a column is asked for."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from app.roster.choices import CERTIFIED_POSTS

FORM = ("form",)
CONTRACT_SCANS = 2  # the interface takes as many (open-api.md 9.7)
NOT_SAID: Any = ()  # what only the request that saves a row adds to it
BOTH = ("form", "sheet")
EVERYWHERE = ("form", "sheet", "api")
IDENTITY, CONTACT, ENTRY = _("Identity"), _("Contact"), _("Entry")
BELONGING, CARD, CONTRACT = _("Company and team"), _("Wage card"), _("Contract")
INSURANCE, TRAINING, REMARK = _("Insurance"), _("Training"), _("Remark")


def chinese(values: Mapping[str, Any]) -> bool:
    number = str(values.get("id_number") or "")
    return (
        (values.get("id_type") or "01") == "01"
        and number[:2] not in {"81", "82", "83"}
        and (not number.startswith("9"))
    )


def card_document(values: Mapping[str, Any]) -> bool:
    return (values.get("id_type") or "01") == "01"


def other_document(values: Mapping[str, Any]) -> bool:
    return not card_document(values)


def foreign(values: Mapping[str, Any]) -> bool:
    return values.get("id_type") in {"08", "20"}


def unionised(values: Mapping[str, Any]) -> bool:
    return bool(values.get("union_member"))


def piecework(values: Mapping[str, Any]) -> bool:
    return values.get("pay_method") == "piece"


def closed_term(values: Mapping[str, Any]) -> bool:
    return values.get("contract_term") == "0"


def special_certificate(values: Mapping[str, Any]) -> bool:
    return values.get("kind") == "special"


def certified_post(values: Mapping[str, Any]) -> bool:
    return values.get("post") in CERTIFIED_POSTS


def with_login(values: Mapping[str, Any]) -> bool:
    return bool(values.get("has_account"))
