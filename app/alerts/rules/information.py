"""PERS-001 工人信息不正确 (alert-rules.md section 3, rule 1)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import array

from app.attendance.models import AttendanceDay
from app.core.columns import N_, Document, specs
from app.core.columns.base import ColumnSpec
from app.core.rules import (
    BLUE,
    ORANGE,
    RED,
    YELLOW,
    Layers,
    Limits,
    Parameter,
    Reach,
    finding,
    row_link,
    rule,
)  # fmt: skip
from app.extensions import db
from app.projects.models import Project
from app.roster.choices import IdCheck, StayState
from app.roster.models import BELONGING, CONTACT, IDENTITY, ProjectWorker
from app.roster.models.shared import card_document, chinese, foreign, other_document
from app.roster.services.due import DAYS
from app.wages.choices import PAID
from app.wages.models import PayrollLine

W = ProjectWorker
AHEAD_DAYS, RED_DAYS, AGAIN_DAYS = 15, 3, 7
CHECKED_SECTIONS = (IDENTITY, CONTACT, BELONGING)
CHECKS = {
    "a": N_("the identity number fails its check"),
    "b": N_("birth date or sex differ from the identity number"),
    "c": N_("name and number do not match at the verification"),
    "d": N_("face photo or pictures of the document are missing, or the face does not match"),
    "e": N_("the document has run out"),
    "f": N_("the mobile number is malformed or used by several workers"),
    "g": N_("mandatory fields are empty"),
    "h": N_("entry, exit and contract dates contradict each other"),
    "i": N_("name and number have not been verified"),
}


def sentence(facts: Mapping[str, Any]) -> str:
    """Say whose data are wrong, and what is wrong with them."""
    found = "；".join(gettext(CHECKS[letter]) for letter in facts["checks"])
    text = gettext("The data of %(name)s are not right: %(checks)s", name=facts["name"],
                   checks=found)  # fmt: skip
    declared = specs(W)
    missing = [str(declared[n].label) for n in facts.get("missing") or [] if n in declared]
    if missing:
        text += gettext(" (%(fields)s)", fields="、".join(missing))
    return text


def _applies(spec: ColumnSpec) -> ColumnElement[bool] | None:
    """Give the SQL of a column's ``when``; None for one this rule does not know."""
    if spec.when is None:
        return true()
    card = W.id_type == "01"
    known: dict[Any, ColumnElement[bool]] = {
        chinese: and_(card, W.number_permit.is_(False)), card_document: card,
        other_document: W.id_type != "01", foreign: W.id_type.in_(("08", "20")),
    }  # fmt: skip
    return known.get(spec.when)


def _empty() -> dict[str, ColumnElement[bool]]:
    """Give the mandatory fields of g and when each is missing; pictures belong to d."""
    found = {}
    for name, spec in specs(W).items():
        wanted = spec.later or bool(spec.required_at)
        applies = _applies(spec)
        if not wanted or applies is None or isinstance(spec.kind, Document):
            continue
        if not any(spec.section is section for section in CHECKED_SECTIONS):
            continue  # an empty contract or card belongs to PERS-002 and PERS-007
        found[name] = and_(applies, getattr(W, name).is_(None))
    return found


def _checks(limits: Limits, reach: Reach, phones: Any) -> dict[str, ColumnElement[bool]]:
    today = literal(reach.day, Date)
    saved_on = cast(func.timezone("Asia/Shanghai", W.created_at), Date)
    # the clock the roster shows: 24:00 of its last day; without one, of the day itself
    shown = cast(func.timezone("Asia/Shanghai", W.complete_by), Date) - (DAYS + 1)
    since = func.coalesce(shown, func.greatest(W.entry_on, saved_on))
    late = today > since + cast(limits.complete_days, Integer)
    verified = limits.verify_source != "none"
    pictures = or_(W.face_photo.is_(None), W.id_front.is_(None),
                   and_(W.id_type == "01", W.id_back.is_(None)))  # fmt: skip
    verify_days = cast(func.ceil(cast(limits.verify_hours, Integer) / 24.0), Integer)
    return {
        "a": W.number_fault.is_(True),
        "b": and_(W.id_type == "01", or_(
            and_(W.birth_on.is_not(None), W.birth_on != W.number_birth_on),
            and_(W.sex.is_not(None), W.sex != W.number_sex),
        )),
        "c": and_(verified, W.id_check_state == IdCheck.DIFFERENT),
        "d": or_(and_(late, pictures), and_(verified, W.face_score < limits.face_min)),
        "e": W.id_valid_to < today,
        "f": or_(W.mobile.op("!~")("^1[3-9][0-9]{9}$"), phones >= limits.phone_share),
        "g": and_(late, or_(false(), *_empty().values())),
        "h": or_(
            and_(W.state == StayState.ON_SITE, W.entry_on > today),
            and_(W.state == StayState.EXPECTED,
                 W.entry_on > literal(reach.day + timedelta(days=AHEAD_DAYS), Date)),
            W.entry_on > W.exit_on,
            W.entry_on < Project.contract_signed_on,
        ),
        "i": and_(verified, W.id_check_state == IdCheck.UNCHECKED,
                  today > W.entry_on + verify_days),
    }  # fmt: skip


def _names(conditions: dict[str, ColumnElement[bool]]) -> Any:
    """Give the array of the names whose condition holds."""
    parts: list[Any] = [
        case((condition, name), else_=None) for name, condition in conditions.items()
    ]
    return func.array_remove(array(parts, type_=String()), cast(null(), String))


def _phones(reach: Reach) -> Any:
    """Count the active workers of a project behind each mobile number."""
    return (
        select(W.project_id, W.mobile, func.count().label("uses"))
        .where(W.state.in_((StayState.EXPECTED, StayState.ON_SITE)), W.is_deleted.is_(False),
               W.mobile.is_not(None), reach.within(project=W.project_id))
        .group_by(W.project_id, W.mobile)
        .cte("phones")
    )  # fmt: skip


def what_ended(rows: Sequence[Mapping[str, Any]], reach: Reach, _layers: Layers) -> dict[int, str]:
    """Say of each worker whether he left, or which checks that failed are passed."""
    numbers = {
        one["id"]: row["id"]
        for row in rows for one in row["evidence"] or [] if one["kind"] == "worker"
    }  # fmt: skip
    connection = db.session.connection()  # of the run, which sees the whole city
    exits = select(W.id, W.exit_on).where(W.id.in_(numbers), W.state == StayState.EXITED)
    left = {numbers[row.id]: row.exit_on for row in connection.execute(exits)}
    told = {}
    for row in rows:
        if left.get(row["id"]):
            told[row["id"]] = gettext("%(name)s left the site on %(day)s", name=row["subject"],
                                      day=left[row["id"]].isoformat())  # fmt: skip
            continue
        failed = "；".join(gettext(CHECKS[x]) for x in (row["facts"] or {}).get("checks") or [])
        told[row["id"]] = gettext("On %(day)s this held no more: %(checks)s",
                                  day=reach.day.isoformat(), checks=failed)  # fmt: skip
    return told


@rule(
    "PERS-001",
    name=_("Worker information incorrect"),
    category=N_("Personal data"),
    basis="保障农民工工资支付条例 第二十八条；实名制管理办法 第十一、十二、十五条；"
          "江建函〔2018〕1739号；个人信息保护法 第八、四十六条",
    parameters={
        "face_min": Parameter(0.80, 0.70, 0.95, stricter="higher"),
        "phone_share": Parameter(3, 2, 10, stricter="lower"),
        "verify_source": Parameter("none", options=("none", "manual", "service")),
        "verify_hours": Parameter(24, 0, 72, stricter="lower"),
        "complete_days": Parameter(3, 1, 3, stricter="lower"),
        "fix_days": Parameter(3, 1, 3, stricter="lower"),
    },
    sentence=sentence,
    closes_when=_("All checks pass, or the worker has left the site"),
    mend=_("Open the worker and correct the fields named above"),
    mend_endpoint="WorkerView.show",
    grain="project",
    raise_after=("fix_days", AGAIN_DAYS),
    ended=what_ended,
)  # fmt: skip
def information_incorrect(limits: Limits, reach: Reach) -> Select[Any]:
    """Any roster check a to i fails for an active worker."""
    phones = _phones(reach)
    checks = _checks(limits, reach, phones.c.uses)
    active = W.state.in_((StayState.EXPECTED, StayState.ON_SITE))
    paid = exists().where(
        PayrollLine.project_id == W.project_id,
        PayrollLine.project_worker_id == W.id,
        PayrollLine.pay_state == PAID,
    )
    left_wrong = and_(W.state == StayState.EXITED, paid, or_(checks["a"], checks["c"]))
    failing = _names(
        {x: check if x in "ac" else and_(active, check) for x, check in checks.items()}
    )
    worked = (
        select(func.count()).select_from(AttendanceDay)
        .where(AttendanceDay.project_id == W.project_id, AttendanceDay.worker_id == W.id,
               AttendanceDay.valid.is_(True)).scalar_subquery()
    )  # fmt: skip
    grave = func.coalesce(or_(checks["a"], checks["c"]), false())
    common = func.coalesce(or_(*(checks[x] for x in "bdhi")), false())
    level = case(
        (and_(grave, worked >= RED_DAYS), RED), (grave, ORANGE), (common, YELLOW), else_=BLUE
    )
    missing = _names({n: and_(checks["g"], c) for n, c in _empty().items()})
    key = func.concat("PERS-001:", W.id_number_hash)
    return (
        finding(
            project_id=W.project_id, district_code=W.district_code, unit_id=W.unit_id,
            team_id=W.team_id, person_hash=W.id_number_hash, subject=W.name, dedupe_key=key,
            level=level,
            facts=func.jsonb_build_object(
                "name", W.name, "checks", func.to_jsonb(failing), "missing",
                func.to_jsonb(missing),
            ),
            evidence=func.jsonb_build_array(row_link("worker", W.id, W.name)),
        )
        .select_from(W)
        .join(Project, Project.id == W.project_id)
        .outerjoin(phones, and_(phones.c.project_id == W.project_id, phones.c.mobile == W.mobile))
        .where(
            W.is_deleted.is_(False), or_(and_(active, or_(*checks.values())), left_wrong),
            reach.within(project=W.project_id, person=W.id_number_hash),
        )
    )  # fmt: skip
