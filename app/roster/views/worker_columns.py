"""What stands on list, form and detail of workers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.core import clock, thumbnails
from app.core.columns.base import EMPTY, specs
from app.core.columns.codes import badge
from app.projects.models import Project
from app.roster.choices import WORKER, IdCheck, StayState
from app.roster.events import open_alerts_asked
from app.roster.models import (
    BELONGING,
    CARD,
    CONTACT,
    CONTRACT,
    ENTRY,
    IDENTITY,
    INSURANCE,
    REMARK,
    TRAINING,
    ProjectWorker,
)
from app.roster.services import ages, special_trades
from app.roster.services.due import still_due
from app.roster.views.certificate_cells import missing_mark
from app.roster.views.person_acts import person_notes

LACKING = "lacking"  # the missing certificates among the facts of a page
ASKED = "asked"  # the stays another site waits for among them
HOUR_SECONDS, DAY_HOURS = 3600, 24

WORK = ["is_team_leader", "work_type", "special_duty", "skill_level"]
DOCUMENT = ["id_type", "id_number", "name"]
PERSON = [
    "sex", "birth_on", "nationality", "nation", "address", "id_issuer", "id_valid_from",
    "id_valid_to", "work_permit_no", "work_permit_valid_to", "id_portrait", "id_front", "id_back",
    "face_photo",
]  # fmt: skip
WAYS = [
    "mobile", "education", "politics", "marital", "union_member", "union_joined_on", "specialty",
    "serious_illness", "health_on", "health_file", "emergency_name", "emergency_mobile",
]  # fmt: skip
ENTERING = ["entry_on", "entry_file", "card_no", "card_issued_at"]
PAY = [
    "bank_code", "account_type", "bank_branch", "bank_card_no", "bank_union_no",
    "bank_account_name", "account_name_proof", "bank_card_image",
]  # fmt: skip
AGREEMENT = [
    "employment_type", "contract_no", "contract_term", "contract_signed_on", "contract_from",
    "contract_to", "pay_method", "pay_rate", "pay_unit", "contract_pay_day", "contract_files",
]  # fmt: skip
COVER = ["injury_insured", "accident_insured", "insurance_file"]
LESSONS = ["training_on", "training_hours", "training_passed"]

TAIL: list[tuple[Any, list[str]]] = [
    (CONTACT, WAYS), (ENTRY, ENTERING), (CARD, PAY), (CONTRACT, AGREEMENT), (INSURANCE, COVER),
    (TRAINING, [*LESSONS, "certificates"]),
]  # fmt: skip
FORM: list[tuple[Any, list[str]]] = [
    (BELONGING, ["unit_id", "team_id", "work_role", *WORK]), (IDENTITY, DOCUMENT + PERSON), *TAIL,
    (REMARK, ["remark", "join_reason"]),
]  # fmt: skip
EDIT: list[tuple[Any, list[str]]] = [
    (BELONGING, WORK), (IDENTITY, PERSON), *TAIL, (REMARK, ["remark"]),
]  # fmt: skip
QUICK: list[tuple[Any, list[str]]] = [
    (_("Quick registration"), ["unit_id", "team_id", *DOCUMENT, "mobile", "entry_on", "sex",
                               "birth_on", "join_reason"]),
]  # fmt: skip
VERIFIED = _("Verification")
CHECKED = ["id_check_state", "id_checked_at", "face_score", "read_by_chip", "reader_no"]
SHOW: list[tuple[Any, list[str]]] = [
    (BELONGING, ["worker_no", "unit_id", "team_id", "work_role", *WORK]),
    (IDENTITY, [*DOCUMENT, "former_names", *PERSON]), (CONTACT, WAYS),
    (VERIFIED, CHECKED),
    (ENTRY, [*ENTERING, "exit_on", "exit_reason", "first_punch_at", "last_punch_at"]),
    (CARD, PAY), (INSURANCE, COVER), (REMARK, ["remark", "join_reason"]),
]  # fmt: skip
# what stands on tabs of its own, and what the head of the page says in words
LEFT_OUT = (*AGREEMENT, *LESSONS, "incomplete", "complete_by", "conflicted")


def defaults(project: Project) -> dict[str, Any]:
    """Give what a new form starts with, the project's terms among it."""
    return {
        "id_type": "01", "is_team_leader": False, "work_role": WORKER,
        "entry_on": clock.today(), "injury_insured": project.injury_insured,
        "accident_insured": project.accident_insured, "contract_pay_day": project.pay_day,
    }  # fmt: skip


def is_verified(row: ProjectWorker) -> bool:
    """Tell whether anybody or any device has verified the person (核验 of 8.2)."""
    return (
        row.id_check_state not in (None, IdCheck.UNCHECKED)
        or row.face_score is not None or bool(row.read_by_chip)
    )  # fmt: skip


def age(row: ProjectWorker, _facts: Any) -> str | Markup:
    """Give the full years of age today, with a mark for children and juveniles (PERS-004)."""
    years = ages.full_years(row.birth_on)
    if years is None:
        return EMPTY
    if row.state is StayState.EXITED or years >= ages.ADULT_AGE:
        return str(years)
    mark = (
        badge(gettext("Under 16"), "red") if years < ages.LEAST_AGE
        else badge(gettext("Under 18"), "amber")
    )  # fmt: skip
    return Markup("{} {}").format(years, mark)


def contract(row: ProjectWorker, _facts: Any) -> str:
    """Tell whether a contract is on record."""
    return gettext("Yes") if row.has_contract else gettext("No")


def card(row: ProjectWorker, _facts: Any) -> str:
    """Tell whether a wage card is on record."""
    return gettext("Yes") if row.bank_card_no else gettext("No")


def training(row: ProjectWorker, facts: Any) -> str | Markup:
    """Tell whether the entry training is on record, and mark a missing special certificate."""
    said = gettext("Yes") if row.training_on else gettext("No")
    missing = (facts or {}).get(LACKING, {}).get(row.id)
    return Markup("{} {}").format(said, missing_mark(missing)) if missing else said


def remaining(row: ProjectWorker, _facts: Any) -> str | Markup:
    """Give the time left on the list 待补齐, red when it has run out."""
    if not row.incomplete or row.complete_by is None:
        return EMPTY
    hours = int((row.complete_by - clock.now()).total_seconds() // HOUR_SECONDS)
    if hours < 0:
        return badge(gettext("Overdue"), "red")
    days, rest = divmod(hours, DAY_HOURS)
    return badge(gettext("%(d)s d %(h)s h left", d=days, h=rest), "amber" if days else "red")


def alerts_of(rows: list[Any]) -> dict[int, tuple[int, str]]:
    """Ask the domains above for the open alerts of stays, and give them by stay."""
    found: dict[int, tuple[int, str]] = {}
    for answer in open_alerts_asked.send(workers=rows):
        found.update(answer)
    return found


def open_alerts(row: ProjectWorker, facts: Any) -> str | Markup:
    """Give the open alerts, coloured by the gravest, leading to 预警; and who is asked to leave."""
    number, tone = (facts or {}).get(row.id, (0, ""))
    found = []
    if number:
        found.append(Markup('<a href="{}">{}</a>').format(
            url_for("WorkerView.show", pk=row.id, tab="alerts"), badge(str(number), tone)
        ))  # fmt: skip
    if row.id in (facts or {}).get(ASKED, ()):
        found.append(badge(gettext("Exit asked for"), "amber"))
    return Markup(" ").join(found) if found else EMPTY


def head_facts(row: ProjectWorker) -> list[dict[str, Any]]:
    """Give the numbers of the head card."""
    return [
        {"label": gettext("Worker no."), "value": row.worker_no},
        {"label": gettext("Age"), "value": age(row, None)},
        {"label": gettext("Entry date"), "value": row.entry_on or EMPTY},
        {"label": gettext("Time left to complete"), "value": remaining(row, None)},
    ]


def head_picture(row: ProjectWorker) -> dict[str, str]:
    """Give the face photo of the head card: the picture, and the small copy that stands there."""
    if not row.face_photo:
        return {}
    return {
        "picture": url_for("FileView.show", file_id=row.face_photo),
        "picture_small": thumbnails.address(row.face_photo),
    }


def notes(row: ProjectWorker) -> Markup:
    """Say what is due by when, which names conflict, and who has begun elsewhere."""
    lines = [*ages.warnings(row), *person_notes(row)]
    if row.incomplete and row.complete_by is not None:
        lines.append(completion_note(row))
    if missing := special_trades.lacking([row]).get(row.id):
        lines.append(gettext("Special certificate missing: %(names)s", names="、".join(missing)))
    if row.conflicted and row.conflict:
        lines += conflict_notes(row.conflict)
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)


def conflict_notes(conflict: dict[str, Any]) -> Iterator[str]:
    """Name what an upload says otherwise than was put in by hand, and both names (7.4)."""
    columns = specs(ProjectWorker)
    if sent := conflict.get("fields"):
        values = "、".join(
            gettext("%(field)s “%(value)s”", field=columns[name].label, value=value)
            for name, value in sent.items()
        )
        yield gettext("Data conflict: uploaded was %(values)s; what was put in by hand stays."
                      " Look at it and save the worker, with the value that is right",
                      values=values)  # fmt: skip
    if "known" in conflict:
        yield conflict_note(conflict)


def conflict_note(conflict: dict[str, Any]) -> str:
    """Name both names, and say which of them weighs more."""
    words = gettext("Data conflict: the city knows “%(known)s”, entered was “%(given)s”",
                    known=conflict["known"], given=conflict["given"])  # fmt: skip
    if not conflict.get("chip"):
        return words
    return words + gettext("; the one entered was read from the chip and weighs more: ask for the"
                           " correction of the person's data")  # fmt: skip


def completion_note(row: Any) -> str:
    """Name what is missing and the end of the third day (screens.md 19)."""
    last_day = clock.local(row.complete_by - timedelta(seconds=1)).date()
    return gettext(
        "To be completed: %(columns)s are missing; complete them by 24:00 of %(day)s",
        columns="、".join(str(spec.label) for spec in still_due(row)),
        day=last_day.isoformat(),
    )
