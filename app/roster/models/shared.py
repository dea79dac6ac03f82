"""What the tables of the roster share: doors, sections, and when a column is asked for."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from app.core.columns import case
from app.roster.choices import CERTIFIED_POSTS

FORM = ("form",)
CONTRACT_SCANS = 2  # the interface takes as many (open-api.md 9.7)
NOT_SAID: Any = ()  # what only the request that saves a row adds to it
BOTH = ("form", "sheet")
EVERYWHERE = ("form", "sheet", "api")
IDENTITY, CONTACT, ENTRY = _("Identity"), _("Contact"), _("Entry")
BELONGING, CARD, CONTRACT = _("Company and team"), _("Wage card"), _("Contract")
INSURANCE, TRAINING, REMARK = _("Insurance"), _("Training"), _("Remark")
PROJECT_SAYS = _("Empty: as the project says")
BEFORE_PAYROLL = _(
    "Needed before the first payroll, with bank, kind of account and branch; the worker's own card"
)


@case(_("the document is an identity card, residence permits aside"))
def chinese(values: Mapping[str, Any]) -> bool:
    number = str(values.get("id_number") or "")
    return (
        (values.get("id_type") or "01") == "01"
        and number[:2] not in {"81", "82", "83"}
        and (not number.startswith("9"))
    )


@case(_("the document is an identity card"))
def card_document(values: Mapping[str, Any]) -> bool:
    return (values.get("id_type") or "01") == "01"


@case(_("the document is no identity card"))
def other_document(values: Mapping[str, Any]) -> bool:
    return (values.get("id_type") or "01") != "01"


@case(_("the document is a passport or another of a foreigner"))
def foreign(values: Mapping[str, Any]) -> bool:
    return values.get("id_type") in {"08", "20"}


@case(_("the worker is in the union"))
def unionised(values: Mapping[str, Any]) -> bool:
    return bool(values.get("union_member"))


@case(_("the pay is by the piece"))
def piecework(values: Mapping[str, Any]) -> bool:
    return values.get("pay_method") == "piece"


@case(_("the contract has a fixed term"))
def closed_term(values: Mapping[str, Any]) -> bool:
    return values.get("contract_term") == "0"


@case(_("the certificate is one for special work"))
def special_certificate(values: Mapping[str, Any]) -> bool:
    return values.get("kind") == "special"


@case(_("the post is project manager, chief supervisor or safety officer"))
def certified_post(values: Mapping[str, Any]) -> bool:
    return values.get("post") in CERTIFIED_POSTS


@case(_("a login is opened"))
def with_login(values: Mapping[str, Any]) -> bool:
    return bool(values.get("has_account"))
