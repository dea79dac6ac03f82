"""Applying for a project: the whole form in one transaction, then 确认 (screens.md 4.2, 4.4)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select, update

from app.core import clock, scope, settings
from app.core.columns.base import specs
from app.core.errors import Refusal, refuse_all
from app.core.models import ProjectRow, entities
from app.enterprises.choices import EnterpriseState, EnterpriseType
from app.enterprises.models import Enterprise
from app.extensions import db
from app.projects import events, queries
from app.projects.choices import (
    BLOCKS,
    EDITABLE_STATES,
    GENERAL_CONTRACTOR,
    ProjectState,
    UnitState,
)
from app.projects.errors import (
    Incomplete,
    MarksUntouched,
    NameTaken,
    NotGeneralContractor,
    OutOfOrder,
)
from app.projects.models import Project, ProjectUnit
from app.projects.queries import completeness
from app.projects.queries import facts as facts_of_rows
from app.projects.services.numbers import hold_lock, project_number
from app.projects.services.snapshots import answers_marks, snapshot
from app.projects.states import PROJECT_FLOW, require
from app.reference import workdays
from app.reference.services import working_calendar

REVIEW_DAYS = settings.declare(
    "projects.review_days", 5, label=_("Working days for the review of a project"), low=1, high=30
)
# 江门市: 111°59'–113°15' E, 21°27'–22°51' N, with its islands
CITY_BOX = ((Decimal("111.95"), Decimal("113.30")), (Decimal("21.40"), Decimal("22.90")))
TAKEN_STATES = (
    ProjectState.SUBMITTED,
    ProjectState.APPROVED,
    ProjectState.ACTIVE,
    ProjectState.SUSPENDED,
    ProjectState.COMPLETED,
)
MOST_HOURS = 24  # a day has no more
NEEDED = ("name", "district_code")  # of a draft too
READONLY = {"state", "project_no", "unit_ids", "previous", "general_contractor_id"}
UNIT_FACTS = (
    "name", "credit_code", "leader_name", "leader_mobile", "leader_id_type", "leader_id_number",
    "leader_certificate_no", "owner_is_person", "owner_id_type", "owner_id_number",
)  # fmt: skip


def apply_for_project(values: Mapping[str, Any], *, actor: scope.Principal) -> Project:
    """Make the draft of a project with its participants; the applicant becomes unit 009.

    ``values`` are project columns by name and the participants' by prefixed name, such as
    ``owner_credit_code``. A draft needs a name and a district; what else is missing is asked
    for at 确认. The system names the applicant by ``general_contractor_id``.
    """
    applicant, name, code = _applicant(values, actor)
    facts = _facts(values)
    _check(facts, None, applicant)
    district = facts["district_code"]
    project = Project(
        **facts, general_contractor_id=applicant, general_contractor_name=name,
        project_no=project_number(district, clock.today()),
    )  # fmt: skip
    project.labour_ratio = _ratio(project)
    db.session.add(project)
    db.session.flush()
    own = ProjectUnit(
        project_id=project.id, unit_role=GENERAL_CONTRACTOR, enterprise_id=applicant,
        credit_code=code, name=name, state=UnitState.REGISTERED, project_name=project.name,
        inviter_name=name,
    )  # fmt: skip
    db.session.add(own)
    db.session.flush()
    project.unit_ids = [own.id]
    db.session.flush()
    events.scope_changed.send(actor=actor)
    now = scope.current()
    _save_units(project, values, own)
    events.project_applied.send(project=project, actor=now)
    events.project_saved.send(project=project, actor=now)
    return project


def save_project(project: Project, values: Mapping[str, Any], *, actor: scope.Principal) -> Project:
    """Save the form of a draft or of a returned application; nothing else is edited here."""
    require("edit", project)
    facts = _facts(values, project)
    _check(facts, project, project.general_contractor_id)
    moved = facts["district_code"] != project.district_code
    for name, value in facts.items():
        setattr(project, name, value)
    project.labour_ratio = _ratio(project)
    project.changed_at = clock.now()  # the participants of the form share the project's version
    if moved and not facts_of_rows.interfaces([project.id]):  # its number is the appid there
        project.project_no = project_number(project.district_code, clock.today())
    db.session.flush()
    if moved:
        _move_rows(project)
    own = queries.unit_of_role(project, GENERAL_CONTRACTOR)
    _save_units(project, values, own)
    events.project_saved.send(project=project, actor=actor)
    return project


def submit_project(project: Project, *, actor: scope.Principal, remark: str = "") -> None:
    """Confirm 确认: hand a complete application to the district; refuse naming what is missing.

    One that was returned asks for a change of a marked field, or for words why there is none.
    """
    require("edit", project)
    if not remark and not answers_marks(project):
        raise MarksUntouched
    hold_lock(f"project name {project.district_code} {project.name}")
    _check({name: getattr(project, name) for name in specs(Project)}, project,
           project.general_contractor_id)  # fmt: skip
    dossier = completeness.dossiers([project])[project.id]
    if lacking := completeness.missing(dossier):
        raise Incomplete(lacking)
    before = (project.previous or {}).get("last")
    project.previous = {"before": before, "last": snapshot(project)}
    project.submitted_at = clock.now()
    project.attempt += 1
    project.returned_fields = None
    project.opinion = None
    project.review_due_on = workdays.working_days_after(
        clock.today(), settings.get(REVIEW_DAYS), working_calendar()
    )
    PROJECT_FLOW.fire("submit", project, actor=actor, remark=remark)


def withdraw_project(project: Project, *, actor: scope.Principal, remark: str = "") -> None:
    """Take an application back before it is reviewed; it is a draft again."""
    PROJECT_FLOW.fire("withdraw", project, actor=actor, remark=remark)


def _applicant(values: Mapping[str, Any], actor: scope.Principal) -> tuple[int, str, str]:
    number = values.get("general_contractor_id")
    if actor.audience is not scope.Audience.SYSTEM:
        number = actor.enterprises[0] if actor.enterprises else None
    firms = Enterprise.__table__.c
    with scope.system_scope("the applicant is an approved general contractor") as connection:
        row = connection.execute(
            select(firms.id, firms.name, firms.credit_code).where(
                firms.id == number,
                firms.state == EnterpriseState.APPROVED,
                firms.enterprise_type == EnterpriseType.GENERAL_CONTRACTOR,
                firms.is_deleted.is_(False),
            )
        ).one_or_none()
    if row is None:
        raise NotGeneralContractor
    return tuple(row)


def _facts(values: Mapping[str, Any], project: Project | None = None) -> dict[str, Any]:
    wanted = {
        name: spec for name, spec in specs(Project).items()
        if not spec.readonly and name not in READONLY
    }  # fmt: skip
    facts = {name: values[name] for name in wanted if name in values}
    if facts.get("manual_entry", False) is None:
        facts["manual_entry"] = False
    for name in ("name", "district_code"):
        facts.setdefault(name, getattr(project, name, None))
    return facts


def _check(facts: dict[str, Any], project: Project | None, applicant: int) -> None:
    """Refuse values that do not fit each other, all together (screens.md 4.2)."""
    problems = misfits(facts, applicant)
    if all(facts.get(name) for name in NEEDED) and _name_taken(facts, project, applicant):
        problems.append(NameTaken())
    refuse_all(problems)


def misfits(facts: Mapping[str, Any], applicant: int | None) -> list[Refusal]:
    """Give what is wrong with the values of an application beside each other (screens.md 4.2).

    A form with other errors asks too, so that its user reads everything at once. ``applicant``
    is the enterprise whose labour manager the login is wished for.
    """
    problems: list[Refusal] = []
    for name in NEEDED:
        if not facts.get(name):
            label = specs(Project)[name].label
            problems.append(
                OutOfOrder(gettext("A draft needs this: %(label)s", label=label), field=name)
            )
    problems += _amounts(facts) + _dates(facts) + _hours(facts) + _place(facts)
    return problems + _login(facts, applicant)


def _hours(facts: Mapping[str, Any]) -> list[Refusal]:
    hours = facts.get("standard_hours")
    if hours is None or 0 < hours <= MOST_HOURS:
        return []
    return [
        OutOfOrder(
            gettext("The standard hours of a day are more than 0 and at most %(n)s", n=MOST_HOURS),
            field="standard_hours",
        )
    ]


def _login(facts: Mapping[str, Any], applicant: int | None) -> list[Refusal]:
    if not facts.get("labour_manager_username"):
        return []
    problems = events.login_asked.send(
        username=facts["labour_manager_username"], enterprise_id=applicant,
        mobile=facts.get("labour_manager_mobile"),
    )  # fmt: skip
    return [OutOfOrder(str(found), field="labour_manager_username") for found in problems]


def _amounts(facts: Mapping[str, Any]) -> list[Refusal]:
    whole, labour = facts.get("contract_amount"), facts.get("labour_cost")
    if whole is not None and whole <= 0:
        return [
            OutOfOrder(gettext("The contract amount must be above zero"), field="contract_amount")
        ]
    if whole is not None and labour is not None and labour > whole:
        return [
            OutOfOrder(
                gettext("The labour cost cannot exceed the contract amount"), field="labour_cost"
            )
        ]
    return []


PAIRS = (
    ("planned_start", "planned_end", True),
    ("bond_on", "bond_valid_to", False),
    ("injury_from", "injury_to", False),
    ("bond_used_on", "bond_topped_up_on", False),
)


def _dates(facts: Mapping[str, Any]) -> list[Refusal]:
    problems: list[Refusal] = []
    for first, last, strictly in PAIRS:
        start, end = facts.get(first), facts.get(last)
        if start and end and (end < start or (strictly and end == start)):
            problems.append(
                OutOfOrder(
                    gettext(
                        "%(last)s must come after %(first)s",
                        last=specs(Project)[last].label, first=specs(Project)[first].label,
                    ),
                    field=last,
                )
            )  # fmt: skip
    begin, end = facts.get("shift_start"), facts.get("shift_end")
    if begin and end and begin == end:
        problems.append(
            OutOfOrder(gettext("The shift must end at another time"), field="shift_end")
        )
    return problems


def _place(facts: Mapping[str, Any]) -> list[Refusal]:
    point = facts.get("location")
    if not point:
        return []
    inside = all(low <= part <= high for part, (low, high) in zip(point, CITY_BOX, strict=True))
    if inside:
        return []
    return [OutOfOrder(gettext("The coordinates lie outside Jiangmen"), field="location")]


def _name_taken(facts: dict[str, Any], project: Project | None, applicant: int) -> bool:
    rows = Project.__table__.c
    query = select(rows.id).where(
        rows.name == facts["name"],
        rows.district_code == facts["district_code"],
        rows.is_deleted.is_(False),
        or_(
            rows.state.in_(TAKEN_STATES),
            (rows.general_contractor_id == applicant) & rows.state.in_(EDITABLE_STATES),
        ),
    )
    if project is not None:
        query = query.where(rows.id != project.id)
    with scope.system_scope("a project name is unique in its district") as connection:
        return connection.execute(query.limit(1)).first() is not None


def _ratio(project: Project) -> Decimal | None:
    if not project.contract_amount or project.labour_cost is None:
        return None
    return round(Decimal(project.labour_cost) * 100 / Decimal(project.contract_amount), 2)


def _save_units(project: Project, values: Mapping[str, Any], own: ProjectUnit | None) -> None:
    """Write blocks C as units, and what the project says of its own unit."""
    if own is not None:
        own.project_name = project.name
        own.leader_name, own.leader_mobile = project.manager_name, project.manager_mobile
        own.leader_id_type = project.manager_id_type
        own.leader_id_number = project.manager_id_number
        own.labour_manager_name = project.labour_manager_name
        own.labour_manager_id_type = project.labour_manager_id_type
        own.labour_manager_id_number = project.labour_manager_id_number
        own.labour_manager_mobile = project.labour_manager_mobile
    for prefix, role in BLOCKS.items():
        given = {
            name: values[f"{prefix}_{name}"] for name in UNIT_FACTS if f"{prefix}_{name}" in values
        }
        if given:
            _save_block(project, role, given, own)
    db.session.flush()


def _save_block(
    project: Project, role: str, given: dict[str, Any], own: ProjectUnit | None
) -> None:
    row = queries.unit_of_role(project, role)
    if not given.get("name") and not given.get("credit_code"):
        if row is not None:
            row.is_deleted = True
        return
    given.setdefault("leader_id_type", "01")
    if row is None:
        row = ProjectUnit(
            project_id=project.id, unit_role=role, state=UnitState.REGISTERED,
            parent_id=own.id if own else None,
        )  # fmt: skip
        db.session.add(row)
    row.project_name = project.name
    row.inviter_name = project.general_contractor_name
    for name, value in given.items():
        setattr(row, name, value)


def _move_rows(project: Project) -> None:
    """Let the rows of an application follow it to the district it was moved to."""
    with scope.system_scope("an application moved to another district") as connection:
        for model in entities():
            if issubclass(model, ProjectRow):
                table = model.__table__
                connection.execute(
                    update(table)
                    .where(table.c.project_id == project.id)
                    .values(district_code=project.district_code)
                )
        files = db.metadata.tables["stored_file"]
        connection.execute(
            update(files)
            .where(files.c.project_id == project.id)
            .values(district_code=project.district_code)
        )
    db.session.expire_all()
