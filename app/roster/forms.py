"""Forms the models cannot derive: certificates under a worker, the form of an exit."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, ValidationError

from app.core import scope
from app.core.errors import Refusal
from app.core.forms import BaseForm, form_class
from app.core.views.pages import read_form
from app.projects.models import Project
from app.roster import services
from app.roster.choices import WORKER
from app.roster.models import Certificate, Movement, ProjectWorker, TeamMembership
from app.roster.services.certificates import OPEN

MOST_CERTIFICATES = 20


class RowForm(BaseForm):
    """One row under a form; the form around it carries the token."""

    class Meta:
        csrf = False


class JoiningForm(BaseForm):
    """A form that puts a worker on the roster of a project, or changes his stay there."""

    joins: Project | None = None
    stay: ProjectWorker | None = None

    def further(self, values: Mapping[str, Any]) -> Iterable[Refusal]:
        """Tell what the roster refuses together with the errors of single fields."""
        actor = scope.current()
        if self.stay is not None:
            return services.edit_misfits(self.stay, values, actor=actor)
        return services.misfits(self.joins, values, actor=actor) if self.joins else ()


class WorkerForm(JoiningForm):
    """The worker's form with his certificates beneath."""

    certificates = FieldList(
        FormField(form_class(Certificate, OPEN, base=RowForm)),
        label=_("Certificates"), max_entries=MOST_CERTIFICATES,
    )  # fmt: skip

    # what the row has and the form does not show, so that conditions of columns can be answered
    known: dict[str, Any] = {}

    def validate_work_role(self, field: Any) -> None:
        """Refuse managers: they are registered on their own screen (screens.md 8.4)."""
        if field.data not in (None, WORKER):
            raise ValidationError(gettext("Managers are registered under management staff"))

    def values(self) -> dict[str, Any]:
        """Give the clean values, the certificates as a list."""
        found = super().values()
        if "work_role" in found:
            found["work_role"] = WORKER
        return {
            **self.known,
            **found,
            "certificates": [entry.form.values() for entry in self.certificates.entries],
        }


ENTRY_COLUMNS = ("moved_on", "voucher", "remark")
EXIT_COLUMNS = ("moved_on", "reason", "settled", "settlement_file", "voucher", "remark")
MOVE_COLUMNS = ("team_id", "from_on", "reason")


def move_form(**defaults: Any) -> BaseForm:
    """Give the form of 调班组 (screens.md 8.2)."""
    return read_form(form_class(TeamMembership, MOVE_COLUMNS), **defaults)


def exit_form(*, explained: bool = False, **defaults: Any) -> BaseForm:
    """Give the form of an exit with what its service asks for marked (screens.md 8.3).

    ``explained`` asks for the reason in words, as the change of a post that one person holds.
    """
    form = read_form(form_class(Movement, EXIT_COLUMNS), **defaults)
    for name in ("reason", "settled", *(("remark",) if explained else ())):
        form[name].flags.required = True
    return form
