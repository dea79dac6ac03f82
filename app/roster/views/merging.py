"""合并人员: two persons side by side, and the decision of the district (screens.md 8.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import scope
from app.core.columns import ChoiceOf, LongText, column
from app.core.columns.base import EMPTY, spec_of
from app.core.forms import BaseForm, extend, loose
from app.core.views import BaseModelView, read_form
from app.core.views.pages import submit
from app.extensions import db
from app.roster import services
from app.roster.choices import KeptPerson, PersonCorrectionState
from app.roster.models import Person, PersonCorrection
from app.roster.queries import merging
from app.roster.services.merging import winner

FACTS = ("name", "former_names", "id_type", "id_number", "sex", "birth_on", "nation")
FORM = ("form",)
KEEP = loose(
    "keep", column(ChoiceOf(KeptPerson), label=_("Which person is kept"), required_at=FORM)
)
REASON = loose(
    "reason",
    column(LongText(500), label=_("Reason of the merger"), required_at=FORM,
           help=_("Say what shows that both are one person; it stays with the record")),
)  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One of the two persons, in words."""

    heading: Any
    facts: list[tuple[Any, Any]]
    stays: list[merging.ComparedStay]
    overlaps: set[int]


class MergingViews(BaseModelView):
    """The page of the merger and its button; mixed into the queue of the district."""

    merge_template = "roster/merge.html"
    merge_title = _("Merge the persons")

    def merge_button(self, row: PersonCorrection) -> list[dict[str, Any]]:
        """Offer the merger where the number asked for is another person's."""
        if not self.allowed("merge") or not may_merge(row):
            return []
        return [{"label": self.merge_title, "url": url_for(".merge", pk=row.id), "method": "get",
                 "tone": "primary", "confirm": None}]  # fmt: skip

    @expose("/merge/<pk>", methods=["GET", "POST"])
    @has_access
    def merge(self, pk: str) -> Any:
        """Show both persons side by side, and merge them with a reason."""
        row = self.row(pk)
        if not may_merge(row):
            abort(409)
        left, right, chip = compared(row)
        form = read_form(extend(BaseForm, {"keep": KEEP, "reason": REASON}, title="Merge"))
        if request.method == "GET":
            form["keep"].process_data(chip or KeptPerson.OWNER)
        if request.method == "POST":

            def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
                return services.merge_persons(row, values, actor=actor)

            if submit(form, save) is not None:
                flash(gettext("The two are one person now; stays, papers and days have gone over"),
                      "success")  # fmt: skip
                return redirect(url_for(".show", pk=pk))
        return self.render_template(
            self.merge_template, title=gettext("%(title)s: %(name)s", title=self.merge_title,
                                               name=row.name),
            sides=(left, right), notice=_advice(left, right, chip),
            sections=[("", list(form.columns()), True)], form_hidden=form.hidden_tag(),
            submit_label=self.merge_title, cancel_url=url_for(".show", pk=pk),
            form_errors=form.form_errors,
        )  # fmt: skip


def may_merge(row: PersonCorrection) -> bool:
    """Tell whether a correction waits for the district about a number of another person."""
    if row.state is not PersonCorrectionState.DISPUTED:
        return False
    with scope.system_scope("does the number of a correction belong to another person"):
        return merging.other_person_id(row) is not None


def compared(row: PersonCorrection) -> tuple[Side, Side, KeptPerson | None]:
    """Give both persons, numbers masked, and which one the chip speaks for."""
    with scope.system_scope("two persons are compared by the district that may merge them"):
        numbers = (row.person_id, merging.other_person_id(row))
        facts = [_facts(number) for number in numbers]
        left, right = (merging.stays_of(number or 0) for number in numbers)
        chip = winner(row, left, right)
    meets = {(a.id, b.id) for a in left for b in right if a.meets(b)}
    first = Side(KeptPerson.ASKED.label, facts[0], left, {pair[0] for pair in meets})
    second = Side(KeptPerson.OWNER.label, facts[1], right, {pair[1] for pair in meets})
    return first, second, chip


def _facts(person_id: int | None) -> list[tuple[Any, Any]]:
    columns = [getattr(Person, name) for name in FACTS]
    row = db.session.execute(select(*columns).where(Person.id == person_id)).one()
    return [
        (spec_of(Person, name).label, spec_of(Person, name).masked(row) or EMPTY)
        for name in FACTS
    ]  # fmt: skip


def _advice(left: Side, right: Side, chip: KeptPerson | None) -> list[str]:
    """Say what decides, and what stands in the way."""
    lines = []
    if chip is not None:
        lines.append(gettext("Read from the chip, and therefore kept: %(who)s",
                             who=chip.label))  # fmt: skip
    if sites := merging.colliding(left.stays, right.stays):
        lines.append(
            gettext("Both are on the roster of “%(sites)s” at once: let the contractor record the"
                    " exit of one of them, or take its draft back, first",
                    sites="、".join(sites))
        )  # fmt: skip
    elif left.overlaps:
        lines.append(gettext("Stays marked “overlap” lie at the same time: look whether it can be"
                             " one person"))  # fmt: skip
    return lines
