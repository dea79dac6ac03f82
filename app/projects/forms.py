"""The application form: project columns and the participants' blocks in one (screens.md 4.2)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _

from app.core import generated, scope
from app.core.columns import DocumentNumber
from app.core.columns.base import ColumnSpec, specs
from app.core.errors import Refusal
from app.core.forms import BaseForm, extend
from app.projects import services
from app.projects.choices import BLOCKS, OTHER_ROLES
from app.projects.models import Project, ProjectUnit
from app.projects.queries.labels import PERMITS

FORM = frozenset({"form"})
BLOCK_LABELS = {
    "owner": _("Owner"),
    "supervisor": _("Supervisor"),
    "surveyor": _("Surveyor"),
    "designer": _("Designer"),
}
NO_SUPERVISOR = _("Required unless a reason for having no supervisor is given")
LEADER = ("leader_name", "leader_mobile", "leader_id_type", "leader_id_number",
          "leader_certificate_no")  # fmt: skip
PERSONAL = ("owner_is_person", "owner_id_type", "owner_id_number")

SECTIONS: list[tuple[Any, list[str]]] = [
    (_("A Basics"), [
        "name", "short_name", "category", "function", "nature", "size", "district_code", "town",
        "address", "location", "industry_department", "investment_type", "approval_no",
        "approval_level", "land_permit_no", "planning_permit_no", "total_investment",
        "building_area", "building_length", "safety_record_no", "description",
    ]),
    (_("B Contract and schedule"), [
        "contract_no", "contract_signed_on", "contract_amount", "labour_cost", "pay_cycle",
        "planned_start", "planned_end", "pay_day", "shift_start", "shift_end", "rest_minutes",
        "standard_hours",
    ]),
    (_("D Project staff"), [
        "manager_name", "manager_id_type", "manager_id_number", "manager_mobile",
        "manager_certificate_no", "labour_manager_name", "labour_manager_id_type",
        "labour_manager_id_number", "labour_manager_mobile", "labour_manager_username",
        "technical_leader_name", "technical_leader_mobile", "safety_leader_name",
        "safety_leader_mobile",
    ]),
    (_("E Wage guarantee"), [
        "bond_type", "bond_amount", "bond_on", "bond_valid_to", "bond_file", "exempt_reason",
        "bond_used_on", "bond_topped_up_on", "injury_insured", "injury_from", "injury_to",
        "accident_insured", "insurance_file",
    ]),
    (_("F Attachments"), [
        "contract_pages", "bid_notice", "start_report", "rights_board", "board_posted_on",
    ]),
    (_("G Permit and data entry"), [
        "no_permit_reason", "no_permit_file", "manual_entry", "manual_entry_reason",
    ]),
]  # fmt: skip
PUBLIC_SECTIONS = 2  # what a subcontractor reads: basics and schedule
PERMIT_SECTION = SECTIONS[-1][0]
LEFT_OUT = (
    "general_contractor_id", "general_contractor_name", "project_no",  # the head of the page
    "no_supervisor_reason",  # stands with the supervisor it explains
    "labour_ratio", "actual_start", "actual_end",  # follow from the contract and from moves
    "first_in_last_out",  # a term of the day book, which no applicant sets
    "allow_same_team",  # set on the page 项目设置 (4.9)
    "attempt", "submitted_at", "review_due_on", "approved_on", "opinion", "returned_fields",
)  # fmt: skip


def _asks(prefix: str, name: str) -> Callable[[Mapping[str, Any]], bool]:
    """Tell when a participant's field is demanded: which block, and what kind of owner."""

    def demanded(values: Mapping[str, Any]) -> bool:
        person = bool(values.get(f"{prefix}_owner_is_person"))
        if name in ("owner_id_type", "owner_id_number"):
            return person
        if name == "credit_code" and person:
            return False
        if prefix == "supervisor" and values.get("no_supervisor_reason"):
            return False
        if prefix in ("owner", "supervisor"):
            return True
        return bool(values.get(f"{prefix}_name") or values.get(f"{prefix}_credit_code"))

    return demanded


def block_names(prefix: str) -> list[str]:
    """Give the fields of a participant's block, without the prefix."""
    names = ["name", "credit_code", *LEADER]
    return [names[0], *PERSONAL, *names[1:]] if prefix == "owner" else names


def _block(prefix: str) -> dict[str, ColumnSpec]:
    found = {}
    for name in block_names(prefix):
        spec = specs(ProjectUnit)[name]
        wanted = name in ("name", "credit_code", "leader_name", "leader_mobile")
        wanted = wanted or name in ("owner_id_type", "owner_id_number")
        wanted = wanted or (prefix == "supervisor" and name == "leader_certificate_no")
        kind = spec.kind
        if isinstance(kind, DocumentNumber):
            kind = DocumentNumber(f"{prefix}_{kind.type_column}")
        always = prefix == "owner" and name in ("name", "leader_name", "leader_mobile")
        found[f"{prefix}_{name}"] = replace(
            spec, kind=kind, help=NO_SUPERVISOR if (prefix, name) == ("supervisor", "name") else "",
            required_at=FORM if wanted else frozenset(),
            when=None if always else _asks(prefix, name), sheet="", api="",
            label=_block_label(prefix, name, spec),
        )  # fmt: skip
    return found


def _block_label(prefix: str, name: str, spec: ColumnSpec) -> Any:
    """Name a field of a block with its unit, once: a natural person's fields say it already."""
    if name in PERSONAL:
        return spec.label
    if name == "name":
        return _("Name of the unit: %(unit)s", unit=BLOCK_LABELS[prefix])
    return _("%(unit)s: %(label)s", unit=BLOCK_LABELS[prefix], label=spec.label)


def participant_specs() -> dict[str, ColumnSpec]:
    """Give the fields of all blocks by their names in the form."""
    return {name: spec for prefix in BLOCKS for name, spec in _block(prefix).items()}


def project_sections() -> list[tuple[Any, list[str]]]:
    """Give the columns of a project by section, those nobody has placed included."""
    placed = {*generated.named(SECTIONS), *LEFT_OUT}
    return generated.completed(SECTIONS, Project, generated.enterable, placed)


def sections() -> list[tuple[Any, list[str]]]:
    """Give the whole form by titled sections, blocks C between contract and staff."""
    own = project_sections()
    blocks: list[tuple[Any, list[str]]] = []
    for prefix, label in BLOCK_LABELS.items():
        names = [f"{prefix}_{name}" for name in block_names(prefix)]
        if prefix == "supervisor":
            names.append("no_supervisor_reason")
        blocks.append((_("C %(unit)s", unit=label), names))
    return [*own[:2], *blocks, *own[2:]]


def marked_names() -> list[str]:
    """Give what a reviewer may mark, in the order of the form."""
    return [*(name for _title, names in sections() for name in names), PERMITS]


class DraftForm(BaseForm):
    """A form whose 保存草稿 asks for nothing but what is typed to be right."""

    @property
    def is_draft(self) -> bool:
        """Tell whether the draft button was pressed."""
        return bool(request.form.get("_draft"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the form; a draft's empty fields are no errors."""
        if self.is_draft:
            for field in self.columns():
                field.door = "draft"
        return super().validate(extra_validators)

    def further(self, values: Mapping[str, Any]) -> Iterable[Refusal]:
        """Tell what does not fit together with the errors of single fields."""
        own = scope.current().enterprises
        return services.misfits(values, own[0] if own else None)


def application_form() -> type[BaseForm]:
    """Make the form of 申请项目."""
    columns = {n: specs(Project)[n] for _title, names in project_sections() for n in names}
    columns["no_supervisor_reason"] = specs(Project)["no_supervisor_reason"]
    return extend(DraftForm, {**columns, **participant_specs()}, title="Application")


class Filled:
    """A project and its participants, read by the names of the form."""

    def __init__(self, project: Project, units: Mapping[str, ProjectUnit]) -> None:
        self._project, self._units = project, units

    def __getattr__(self, name: str) -> Any:
        for prefix, role in BLOCKS.items():
            if name.startswith(f"{prefix}_") and name.removeprefix(f"{prefix}_") in block_names(
                prefix
            ):
                unit = self._units.get(role)
                return getattr(unit, name.removeprefix(f"{prefix}_"), None)
        return getattr(self._project, name)


def settings_form() -> type[BaseForm]:
    """Make the form of 项目设置 (screens.md 4.9)."""
    declared = specs(Project)
    return extend(BaseForm, {name: declared[name] for name in services.SETTINGS}, title="Settings")


def start_form() -> type[BaseForm]:
    """Make the form of 开工."""
    declared = specs(Project)
    return extend(
        BaseForm,
        {
            "actual_start": replace(declared["actual_start"], required_at=FORM, readonly=False),
            "start_report": declared["start_report"],
        },
        title="Start",
    )


def exit_form() -> type[BaseForm]:
    """Make the form of a unit's exit."""
    declared = specs(ProjectUnit)
    return extend(
        BaseForm,
        {
            name: replace(
                declared[name],
                readonly=False,
                required_at=frozenset() if name == "settlement_file" else FORM,
            )
            for name in ("exit_on", "exit_reason", "settlement_file")
        },
        title="Exit",
    )


SUBCONTRACT: list[tuple[Any, list[str]]] = [
    (_("The unit"), ["unit_role", "parent_id", "credit_code", "name", "contact_name",
                 "contact_mobile"]),
    (_("Subcontract"), ["contract_no", "contract_name", "signed_on", "work_scope",
                        "contract_amount", "labour_amount", "wage_mode", "agency_agreement",
                        "entry_on", "planned_exit_on", "contract_file"]),
    (_("Leader and labour manager"), ["leader_name", "leader_id_type", "leader_id_number",
                                      "leader_mobile", "labour_manager_name",
                                      "labour_manager_id_type", "labour_manager_id_number",
                                      "labour_manager_mobile"]),
]  # fmt: skip
OTHER_UNIT: list[tuple[Any, list[str]]] = [
    (_("The unit"), ["unit_role", "parent_id", "credit_code", "owner_id_type", "owner_id_number",
                 "name", "contact_name", "contact_mobile", "entry_on", "planned_exit_on",
                 "contract_no", "contract_amount", "leader_name", "leader_mobile"]),
]  # fmt: skip
UNIT_LEFT_OUT = (
    "enterprise_id",  # found by the credit code
    # a natural person as owner, and who leads a supervisor: the application form asks for them
    "owner_is_person", "owner_id_type", "owner_id_number", "leader_certificate_no",
)  # fmt: skip


def unit_sections(role: str) -> list[tuple[Any, list[str]]]:
    """Give the sections of the invitation form of a role, or of the other units.

    What one of the two forms has is left out of the other on purpose.
    """
    placed = {*generated.named([*SUBCONTRACT, *OTHER_UNIT]), *UNIT_LEFT_OUT}
    own = OTHER_UNIT if role in OTHER_ROLES else SUBCONTRACT
    return generated.completed(own, ProjectUnit, generated.enterable, placed)


def _of_role(spec: ColumnSpec, role: str) -> ColumnSpec:
    """Settle what only the role decides, so that the form can mark what is required."""
    if spec.when is None or spec.name in ("agency_agreement", "credit_code"):
        return (
            spec if role in OTHER_ROLES or spec.name != "credit_code" else replace(spec, when=None)
        )
    wanted = spec.required("form", {"unit_role": role})
    return replace(spec, when=None, required_at=FORM if wanted else frozenset())


def unit_form(roles: tuple[str, ...]) -> type[BaseForm]:
    """Make the invitation form for some roles; a person without a code gives his document."""
    from app.core.columns import Code

    declared = specs(ProjectUnit)
    columns = {
        name: _of_role(declared[name], roles[0])
        for _title, names in unit_sections(roles[0])
        for name in names
    }
    columns["unit_role"] = replace(declared["unit_role"], kind=Code("unit_role", only=roles))
    if "owner_id_number" in columns:
        columns["owner_id_type"] = replace(columns["owner_id_type"], label=_("Document type"))
        columns["owner_id_number"] = replace(
            columns["owner_id_number"], label=_("Document number"),
            help=_("A person without a credit code gives this instead"),
        )  # fmt: skip
    return extend(BaseForm, columns, title="Unit")
