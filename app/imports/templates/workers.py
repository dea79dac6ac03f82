"""T3 工人: one row is one worker joining a team of the project (screens.md 14)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.columns import CreditCode, Text
from app.core.columns.base import Kind as ColumnKind
from app.core.errors import Refusal
from app.core.sheets import SheetColumn, SheetSpec, sheet_columns
from app.core.sheets.columns import DOOR
from app.imports.templates import examples, lookups
from app.imports.templates.base import Effect, Kind, Taken, Template, Written
from app.imports.templates.since import changed_since, written_since
from app.projects.models import Project
from app.roster import queries
from app.roster import services as roster
from app.roster.models import ProjectWorker
from app.roster.services import rules
from app.roster.services.renewing import RENEWED

# The order of screens.md 14; a column declared later without a place here comes last.
WORKER_ORDER = (
    "unit_id", "team_id", "name", "id_type", "id_number", "mobile", "entry_on", "nationality",
    "sex", "birth_on", "nation", "address", "id_issuer", "id_valid_from", "id_valid_to",
    "work_permit_no", "work_permit_valid_to", "education", "politics", "marital",
    "is_team_leader", "work_type", "special_duty", "serious_illness", "health_on",
    "emergency_name", "emergency_mobile", "bank_code", "account_type", "bank_branch",
    "bank_card_no", "employment_type", "contract_no", "contract_signed_on", "contract_term",
    "contract_from", "contract_to", "pay_method", "pay_rate", "pay_unit", "contract_pay_day",
    "injury_insured", "accident_insured", "remark",
)  # fmt: skip
EXAMPLES = {
    **examples.UNIT, **examples.PERSON, **examples.HOME, **examples.CONTRACT,
    "entry_on": "2026-11-01", "id_issuer": "江门市公安局蓬江分局", "id_valid_from": "2015-06-01",
    "id_valid_to": "2035-06-01", "work_permit_no": "440700-0001",
    "work_permit_valid_to": "2027-12-31", "education": "初中", "politics": "群众",
    "marital": "已婚", "is_team_leader": "否", "work_type": "钢筋工",
    "special_duty": "建筑架子工,高处作业吊篮安装拆卸工", "serious_illness": "否",
    "health_on": "2026-10-20", "emergency_name": "李四", "emergency_mobile": "13900139000",
    "bank_code": "中国工商银行", "account_type": "借记卡", "bank_branch": "江门蓬江支行",
    "bank_card_no": "6222021234567890128", "pay_unit": "平方米", "contract_pay_day": "15",
    "injury_insured": "是", "accident_insured": "是",
}  # fmt: skip
# for other documents, special work and piecework
APART = frozenset({
    "性别", "出生日期", "就业许可编号", "就业许可有效期至", "特种作业岗位", "计量单位",
})  # fmt: skip
ENDLESS = frozenset({"长期", "长期有效", "永久", "—", "-", "/", "无"})
ENDING = {"id_valid_to", "contract_to", "work_permit_valid_to"}
LED = "led"  # what the naming of a leader replaced
Lookup = Callable[[str, Any], Any]

NOTES = {"unit_id": lookups.CODE_NOTE}


def worker_sheet(project: Project | None = None) -> SheetSpec:
    """Give T3: one row is one worker joining a team of the project.

    Without a project units and teams are not looked up: their cells are only read.
    """
    places = lookups.Places(project) if project is not None else None
    declared = {spec.name: spec for spec in sheet_columns(ProjectWorker).values()}
    names = [n for n in WORKER_ORDER if n in declared]
    names += [n for n in declared if n not in WORKER_ORDER]
    looked_up: dict[str, tuple[ColumnKind, Lookup]] = {
        "unit_id": (CreditCode(), places.unit if places else lookups.code_alone),
        "team_id": (Text(100), places.team if places else lookups.same),
    }
    columns = []
    for name in names:
        kind, lookup = looked_up.get(name, (None, None))
        columns.append(
            SheetColumn(
                declared[name], example=EXAMPLES.get(name, ""), note=NOTES.get(name, ""),
                lookup=lookup, kind_for_cell=kind,
                empty_words=ENDLESS if name in ENDING else frozenset(),
            )
        )  # fmt: skip
    return SheetSpec("T3", _("Workers"), tuple(columns), lists=places.offered() if places else {},
        dependents={**(places.dependents() if places else {}), **lookups.measured()}, apart=APART,
    )  # fmt: skip


def take(
    project: Project, rows: Sequence[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Taken]:
    """Enrol the workers; a draft is completed, who is in the team already is changed."""
    led = roster.leads_before(rows)
    taken = roster.enrol_workers(project, rows, actor=actor, keep=_taken)
    return [
        replace(one, before={**one.before, LED: led[index]}) if index in led else one
        for index, one in enumerate(taken)
    ]


def _taken(worker: ProjectWorker) -> Taken:
    return Taken(
        Written(worker.__tablename__, worker.id),
        _kind(new=worker.before is None, changed=bool(worker.before)),
        worker.before or {},
        worker.notices,
    )


def _kind(*, new: bool, changed: bool) -> Kind:
    if new:
        return Kind.CREATED
    return Kind.UPDATED if changed else Kind.UNCHANGED


def check(
    project: Project, rows: Sequence[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Taken]:
    """Give the same judgement; nothing is written, so there are no rows yet."""
    return [
        Taken(None, _kind(new=one.new, changed=one.changed), notices=one.notices)
        for one in roster.check_workers(project, rows, actor=actor)
    ]


def early(values: Mapping[str, Any], project: Project) -> Iterator[Refusal]:
    """Give what the readable dates of a row with other errors break."""
    yield from rules.entry_dates(values, project, DOOR)
    yield from rules.pairs(values)


def dependants(_project: Project, effects: Sequence[Effect]) -> list[str]:
    """Name the stays something has been written about since they were imported.

    Of a stay that was there before and began no other day only a later change counts: what has
    been recorded about it does not stand on the import.
    """
    grounds = [one for one in effects if not _is_renewed(one)]
    return [*written_since(grounds), *changed_since(filter(_is_renewed, effects))]


def _is_renewed(effect: Effect) -> bool:
    before = effect.before
    return RENEWED in before and not roster.begins_otherwise(before)


def undo(_project: Project, effects: Sequence[Effect], *, actor: scope.Principal) -> None:
    """Take the stays off the roster again; a draft or a stay changed becomes what it was."""
    rows = [(one, dict(one.before)) for one in effects]
    leads = [(one.row, before.pop(LED)) for one, before in rows if LED in before]
    renewed = [(one.row, before) for one, before in rows if RENEWED in before]
    others = [
        (one.row, None if one.kind is Kind.CREATED else before)
        for one, before in rows if RENEWED not in before
    ]  # fmt: skip
    if renewed:
        roster.take_back_renewals(renewed, actor=actor)
    if others:
        roster.take_back_workers(others, actor=actor)
    for worker, led in leads:
        roster.give_lead_back(worker, led)


TEMPLATE = Template(
    code="T3", title=_("Workers"),
    purpose=_(
        "Register workers of teams on site, with wage card and contract, or complete those who are"
        " there. Add the teams first."
    ),
    sheet=worker_sheet, take=take, check=check, early=early, dependants=dependants, undo=undo,
    pictures={
        "头像": "id_portrait", "正面": "id_front", "反面": "id_back", "人脸": "face_photo",
        "银行卡": "bank_card_image", "合同": "contract_files",
    },
    owners=lookups.owners_of(ProjectWorker, queries.LIVE),
    attach=roster.edit_worker, place="WorkerView.list",
)  # fmt: skip
