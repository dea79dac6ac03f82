"""What the roster refuses about the values of one worker, whatever the door (8.2, PERS-001)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import checks, clock, names, settings
from app.core.columns.base import specs
from app.core.errors import Refusal
from app.core.notices import Notice
from app.projects.models import Project
from app.roster.errors import DateRefused, RosterRefusal, ValueTaken
from app.roster.models import ProjectWorker
from app.roster.services.doors import document

DAYS_AHEAD = 15
CARD_DOCUMENT = "01"
PASSPORT, FOREIGN_DOCUMENT, PASSES = "08", "20", ("09", "10")
HOME = "CN"
RESIDENTS = {"81": "HK", "82": "MO", "83": "TW"}  # 港澳台居民居住证, entered as 01
REGIONS = {"12": "TW", "17": "HK", "18": "TW", "19": "MO"}
TRADE_FOLLOWS_TEAM = settings.declare(
    "roster.trade_follows_team", default=False, label=_("The trade of a worker follows his team")
)


def normal_document(values: dict[str, Any], door: str) -> Iterator[Refusal]:
    """Normalise the number; derive sex and birth from an identity number.

    The form refuses values that contradict the number (PERS-001 b); what a sheet or the
    interface brings is kept as it came, and the alert speaks.
    """
    values.setdefault("id_type", CARD_DOCUMENT)
    if values["id_type"] != CARD_DOCUMENT:
        try:
            values["id_number"] = document(values["id_type"], values["id_number"])
        except Refusal as problem:
            yield problem
        return
    try:
        read = checks.identity_number(values["id_number"], clock.today())
    except checks.Invalid as problem:
        yield RosterRefusal(str(problem), field="id_number")
        return
    values["id_number"] = read.number
    for name, inside in (("sex", read.sex), ("birth_on", read.birth_on)):
        if values.get(name) not in (None, "", inside) and door == "form":
            yield RosterRefusal(
                gettext("This differs from what the identity number says: leave it empty"),
                field=name,
            )
        values[name] = values.get(name) or inside


def contradicted(values: Mapping[str, Any]) -> list[Notice]:
    """Name what a sheet or the interface says otherwise than the identity number (PERS-001 b)."""
    inside = inside_number(values)
    if inside is None:
        return []
    given = specs(ProjectWorker)
    return [
        Notice(
            gettext("The %(column)s differs from the identity number, which says %(value)s: compare"
                    " it with the document", column=given[name].label,
                    value=given[name].kind.show(value)),
            name,
        )
        for name, value in (("sex", inside.sex), ("birth_on", inside.birth_on))
        if values.get(name) not in (None, "", value)
    ]  # fmt: skip


def born_on(values: Mapping[str, Any]) -> date | None:
    """Give the date of birth an age is judged by: of an identity card the one in its number."""
    inside = inside_number(values)
    return values.get("birth_on") if inside is None else inside.birth_on


def inside_number(values: Mapping[str, Any]) -> checks.IdentityNumber | None:
    """Read an identity number that was found right before; None of other documents."""
    if (values.get("id_type") or CARD_DOCUMENT) != CARD_DOCUMENT:
        return None
    try:
        return checks.identity_number(str(values.get("id_number") or ""), clock.today())
    except checks.Invalid:
        return None


def country_of(id_type: str, number: str) -> str | None:
    """Give the 国籍/地区 a document stands for (screens.md 8.2); None where it must be said.

    A passport, a foreigner's document and the permanent residence card (9…) name no country.
    """
    if id_type in (PASSPORT, FOREIGN_DOCUMENT):
        return None
    if id_type == CARD_DOCUMENT:
        return RESIDENTS.get(number[:2], None if number.startswith("9") else HOME)
    if id_type in PASSES:  # 港澳居民: the letter says where he lives
        return RESIDENTS.get({"H": "81", "M": "82"}.get(number[:1].upper(), ""))
    return REGIONS.get(id_type, HOME)


def entry_dates(values: Mapping[str, Any], project: Project, door: str) -> Iterator[Refusal]:
    """Refuse an entry too far ahead, or (in the form) before the project's contract."""
    entry_on = values.get("entry_on")
    if entry_on is None:
        return
    if entry_on > clock.today() + timedelta(days=DAYS_AHEAD):
        yield DateRefused(
            gettext("An entry can be registered at most %(n)s days ahead", n=DAYS_AHEAD),
            field="entry_on",
        )
    signed_on = project.contract_signed_on
    if door == "form" and signed_on and entry_on < signed_on:
        yield DateRefused(
            gettext("The entry lies before the project contract of %(day)s: check the date",
                    day=signed_on.isoformat()),
            field="entry_on",
        )  # fmt: skip


def not_before_team(
    entry_on: date | None, team: Any, door: str, field: str = "entry_on"
) -> Iterator[Refusal]:
    """Refuse in the form an entry into a team that had not come yet.

    What a sheet or the interface brings comes in any order; 项目管理部 is nobody's to date.
    """
    if door != "form" or team is None or team.is_management or not team.entry_on:
        return
    if entry_on and entry_on < team.entry_on:
        yield DateRefused(
            gettext("The team “%(team)s” enters on %(day)s: nobody enters it before that day",
                    team=team.name, day=team.entry_on.isoformat()),
            field=field,
        )  # fmt: skip


def after_first_punch(worker: Any, entry_on: date | None, field: str) -> Iterator[Refusal]:
    """Refuse an entry later than the first punch of the stay, whatever the door."""
    punched = worker.first_punch_at
    if entry_on and punched and entry_on > clock.local(punched).date():
        yield DateRefused(
            gettext("The worker's first punch is of %(day)s: the entry cannot be later",
                    day=clock.local(punched).date().isoformat()),
            field=field,
        )  # fmt: skip


def pairs(values: Mapping[str, Any]) -> Iterator[Refusal]:
    """Refuse values that do not fit their neighbours."""
    for start, end in (("contract_from", "contract_to"), ("id_valid_from", "id_valid_to")):
        if values.get(start) and values.get(end) and values[end] < values[start]:
            yield DateRefused(gettext("The end lies before the beginning"), field=end)
    if values.get("emergency_mobile") and values["emergency_mobile"] == values.get("mobile"):
        yield RosterRefusal(
            gettext("The emergency contact needs a telephone other than the worker's own"),
            field="emergency_mobile",
        )


def account_name(values: Mapping[str, Any], door: str) -> Iterator[Refusal]:
    """Refuse in the form an account in another name without the bank's proof (PERS-007 a)."""
    holder = values.get("bank_account_name")
    if door != "form" or not holder or values.get("account_name_proof"):
        return
    if not names.same_name(holder, values.get("name") or ""):
        yield RosterRefusal(
            gettext("The account is not in the worker's name: correct it or add the bank's proof"),
            field="bank_account_name",
        )


def card_notices(number: str | None, *, shared: bool = False) -> list[Notice]:
    """Give what must be said of a wage card that is taken all the same (screens.md 0, PERS-007)."""
    found = []
    if number and not checks.bank_card(number)[1]:
        found.append(gettext("The wage card number fails its check digit: look again"))
    if shared:
        found.append(
            gettext("This wage card is registered for another person too: taken all the same, and a"
                    " warning is raised; enter the worker's own card")
        )  # fmt: skip
    return [Notice(words, "bank_card_no") for words in found]


def card_no_taken(number: str) -> ValueTaken:
    """Say that another worker of the project carries the attendance card."""
    return ValueTaken(
        gettext("The attendance card %(number)s belongs to another worker of this project",
                number=number),
        field="card_no",
    )  # fmt: skip
