"""T12 证书: one row is one certificate of somebody on the roster (screens.md 14)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.errors import Refusal
from app.core.sheets import Dependent, SheetColumn, SheetSpec, sheet_columns
from app.imports.templates import people
from app.imports.templates.base import Effect, Taken, Template
from app.imports.templates.since import written_since
from app.projects.models import Project
from app.roster import services as roster
from app.roster.choices import SPECIAL_CERTIFICATE
from app.roster.models import Certificate
from app.roster.services import certificates

EXAMPLES = {
    "kind": "特种作业操作资格证", "special_type": "建筑架子工", "number": "粤A0420240001",
    "issuer": "广东省住房和城乡建设厅", "issued_on": "2024-05-01", "valid_to": "2028-04-30",
}  # fmt: skip


def certificate_sheet(_project: Project | None = None) -> SheetSpec:
    """Give T12; 特种作业类别 is asked of a 特种作业操作资格证 alone."""
    columns = [
        SheetColumn(spec, example=EXAMPLES.get(spec.name, ""))
        for spec in sheet_columns(Certificate).values()
    ]
    return SheetSpec(
        "T12", _("Certificates"), (*people.columns(), *columns), dependents=_special(columns)
    )


def _special(columns: Sequence[SheetColumn]) -> dict[str, Dependent]:
    """Let 特种作业类别 have words for a 特种作业操作资格证 alone."""
    by_name = {column.name: column for column in columns}
    kind, special = by_name["kind"], by_name["special_type"]
    return {
        special.header: Dependent(kind.header, lambda: {
            label: special.choices if code == SPECIAL_CERTIFICATE else []
            for code, label in kind.kind.choices()
        })
    }  # fmt: skip


def take(
    project: Project, rows: Sequence[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Taken]:
    """Record the certificates, correcting those of the same kind and number."""
    return people.taken(roster.record_certificates(project, people.about(rows), actor=actor))


def early(values: Mapping[str, Any], _project: Project) -> Iterator[Refusal]:
    """Give what the readable dates of a row with other errors break."""
    yield from certificates.date_faults(values)


def dependants(_project: Project, effects: Sequence[Effect]) -> list[str]:
    """Name the certificates that were changed, checked or removed since."""
    return written_since(effects)


def undo(_project: Project, effects: Sequence[Effect], *, actor: scope.Principal) -> None:
    """Take the certificates back; a corrected one becomes what it was, its check included."""
    certificates.take_back([(one.row, one.before) for one in effects], actor=actor)


TEMPLATE = Template(
    code="T12", title=_("Certificates"),
    purpose=_("Record certificates of trade, post and special work, with their validity."),
    sheet=certificate_sheet, take=take, early=early, dependants=dependants, undo=undo,
    place="CertificateView.list",
)  # fmt: skip
