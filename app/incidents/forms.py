"""The form of an incident: its columns and rows of people."""

from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField

from app.core import checks, generated
from app.core.columns import ColumnSpec, Ref
from app.core.forms import BaseForm, extend, form_class
from app.core.views import shell
from app.extensions import db
from app.incidents.models import IncidentPerson
from app.roster.models import ProjectWorker

MOST_PEOPLE = 50
COLUMNS = generated.unnamed(IncidentPerson, generated.enterable, {"incident_id"})


class RosterPick(Ref):
    """Somebody of the roster the reader sees, found by name or number."""

    def attributes(self) -> dict[str, Any]:
        """Name the picker's address."""
        proof = shell.work_in(None) or None
        return {
            "data-search": True,
            "data-url": url_for("IncidentView.workers", for_project=proof),
            "data-answer-url": url_for("IncidentView.picked", for_project=proof),
        }


def line_of(worker: ProjectWorker) -> str:
    """Give one worker as the picker shows him, the number masked."""
    parts = (worker.name, worker.worker_no, checks.mask_identity(worker.id_number or ""))
    return " ".join(part for part in parts if part)


class PlainForm(BaseForm):
    """A form inside a form: protected by the outer one."""

    class Meta:
        csrf = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Take a row nobody has written into for none at all."""
        typed = [field for field in self.columns() if field.short_name != "id_type"]
        if not any(field.typed for field in typed):
            return True
        self.take_over()
        return super().validate(extra_validators)

    def take_over(self) -> None:
        """Take name and document from the roster where somebody was picked there."""
        pick = self["worker_id"]
        if not pick.data:
            return
        worker = db.session.get(ProjectWorker, pick.data)
        if worker is None:
            pick.data, pick.problem = None, gettext("Choose from the list")
            return
        pick.chosen = [(str(worker.id), line_of(worker))]
        for name in ("name", "id_type", "id_number"):
            self[name].data, self[name].problem = getattr(worker, name), ""


PICK = ColumnSpec(
    RosterPick("ProjectWorker"), _("From the roster"),
    help=_("Search by name or number; name and document are then taken over. Others are typed"
           " below."),
)  # fmt: skip
object.__setattr__(PICK, "name", "worker_id")
PersonForm = form_class(IncidentPerson, COLUMNS, base=extend(PlainForm, {"worker_id": PICK}))


class IncidentForm(BaseForm):
    """Adds the people to the columns of the incident."""

    people = FieldList(
        FormField(PersonForm), label=_("People concerned by name"), max_entries=MOST_PEOPLE,
        description=_("Only organisers and parties with a number are recognised when they join a"
                      " project again; victims, witnesses and petitioners never are"),
    )  # fmt: skip

    def resume(self) -> None:
        """Name again who was picked from the roster."""
        for entry in self.people:
            entry.form.take_over()

    def values(self) -> dict[str, Any]:
        """Give the clean values with the people as a list; empty rows are left out."""
        rows = [entry.form.values() for entry in self.people]
        for row in rows:
            row.pop("worker_id", None)
        return {**super().values(), "people": [row for row in rows if row.get("name")]}
