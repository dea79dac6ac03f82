"""Forms the models cannot derive: certificates under a worker, the form of an exit."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, HiddenField, ValidationError

from app.core import scope
from app.core.columns.base import specs
from app.core.errors import Refusal
from app.core.forms import BaseForm, extend, form_class
from app.core.views.pages import new_form, read_form
from app.projects.models import Project
from app.roster import services
from app.roster.choices import REVIEWED_POSTS, WORKER
from app.roster.models import (
    Certificate,
    Movement,
    PostReplacement,
    ProjectWorker,
    StaffMember,
    TeamMembership,
)
from app.roster.services import cards
from app.roster.services.certificates import OPEN
from app.roster.services.replacements import misfits

MOST_CERTIFICATES = 20


class RowForm(BaseForm):
    """One row under a form; the form around it carries the token."""

    class Meta:
        csrf = False


class JoiningForm(BaseForm):
    """A form that puts a worker on the roster of a project, or changes his stay there."""

    joins: Project | None = None
    stay: ProjectWorker | None = None
    chip_proof = HiddenField()

    def values(self) -> dict[str, Any]:
        """Give the clean values, marked where the card was read from its chip."""
        found = super().values()
        return {**found, **cards.marks(self.chip_proof.data or "", found)}

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


STAFF_IDENTITY = [
    "id_type", "id_number", "name", "sex", "birth_on", "nationality", "nation", "address",
    "id_issuer", "id_valid_from", "id_valid_to", "id_portrait", "id_front", "id_back",
    "face_photo", "join_reason",
]  # fmt: skip
STAFF_CONTACT = ["mobile", "education", "politics", "title_level"]
STAFF_PROOFS = [
    "certificate_kind", "certificate_no", "certificate_valid_to", "certificate_file",
    "contract_file", "social_file",
]  # fmt: skip
STAFF_LOGIN = ["has_account", "username", "can_write"]
REQUEST = ["reason", "proof", "handover_on"]
REPLACEMENT_SECTIONS = [
    (_("Replacement"), REQUEST), (_("Successor"), STAFF_IDENTITY), (_("Contact"), STAFF_CONTACT),
    (_("Certificates and proofs"), STAFF_PROOFS), (_("Login"), STAFF_LOGIN),
]  # fmt: skip


class ReplacementForm(BaseForm):
    """Reason and file of a replacement, and the successor, for one post."""

    holder: StaffMember
    successor: StaffMember | None = None

    def values(self) -> dict[str, Any]:
        """Give the clean values; conditions of columns read the post."""
        return {**super().values(), "post": self.holder.post}

    def further(self, values: Mapping[str, Any]) -> Iterable[Refusal]:
        """Tell what the request would be refused for together with the errors of its fields."""
        return misfits(self.holder, values, self.successor, actor=scope.current())


class Requested:
    """A request and its successor, read as one row by the form that mends both."""

    def __init__(self, request: PostReplacement) -> None:
        self.request = request

    def __getattr__(self, name: str) -> Any:
        of_request = name in REQUEST or name in ("id", "row_version", "project_id")
        return getattr(self.request if of_request else self.request.successor, name)


def replacement_form(holder: StaffMember, request: PostReplacement | None = None) -> Any:
    """Give the form that asks for a successor of ``holder``, or mends a request."""
    declared = {**specs(StaffMember), **specs(PostReplacement)}
    names = [name for _title, own in REPLACEMENT_SECTIONS for name in own]
    if holder.post in REVIEWED_POSTS:
        names.remove("handover_on")  # the day of the approval
    known = {"holder": holder, "successor": request.successor if request else None}
    base = type("PostForm", (ReplacementForm,), known)
    kind = extend(base, {name: declared[name] for name in names}, title="Replacement")
    if request is not None:
        return read_form(kind, Requested(request))
    return new_form(kind, project_id=holder.project_id, id_type="01", has_account=True)
