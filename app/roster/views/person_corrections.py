"""人员信息更正: asking, objecting, and the district's decision (screens.md 8.5, 15)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import Select, select

from app.core import clock, scope
from app.core.columns.base import EMPTY, spec_of
from app.core.forms import form_class
from app.core.views import BaseModelView, Computed, Interface, new_form, read_form
from app.core.views.pages import submit
from app.extensions import db
from app.permissions import Area
from app.roster import queries, services
from app.roster.choices import CorrectedField, PersonCorrectionState
from app.roster.models import PersonCorrection, ProjectWorker
from app.roster.queries import elsewhere
from app.roster.services import conflicts
from app.roster.services.corrections import COLUMNS, is_concerned, is_own
from app.roster.states import PERSON_CORRECTION_FLOW
from app.roster.views.merging import MergingViews

WHAT = ["fields", "new_name", "new_id_type", "new_id_number", "new_sex", "new_birth_on",
        "new_nation"]  # fmt: skip
GROUNDS = ["basis", "reader_no", "proof", "to_district"]
OBJECTION = ["dispute_reason", "dispute_proof"]
PAPERS = ("proof", "dispute_proof")
DECIDED_AFTER = (
    PersonCorrectionState.DISPUTED, PersonCorrectionState.IN_FORCE, PersonCorrectionState.REJECTED,
)  # fmt: skip


def changed(row: PersonCorrection) -> list[tuple[CorrectedField, str, str]]:
    """Give each corrected field with its old and its new column."""
    fields = [CorrectedField[name] for name in row.fields or ()]
    return [(field, f"old_{COLUMNS[field]}", f"new_{COLUMNS[field]}") for field in fields]


def in_words(row: PersonCorrection, _facts: Any = None) -> Markup:
    """Say each change in one line, numbers masked."""
    return Markup("<br>").join(
        Markup("{}：{} → {}").format(
            field.label, spec_of(PersonCorrection, old).masked(row),
            spec_of(PersonCorrection, new).masked(row),
        )
        for field, old, new in changed(row)
    )  # fmt: skip


class PersonCorrectionView(BaseModelView):
    """What was asked for by one's own sites, and what others want corrected of one's workers."""

    datamodel = Interface(PersonCorrection)
    class_permission_name = Area.PERSONS
    method_permission_name = {"ask": "write", "dispute": "dispute"}
    flow = PERSON_CORRECTION_FLOW
    list_title, show_title = _("Person corrections"), _("Person correction")
    empty_title = _("No correction of a person's data yet")
    empty_text = _("Open a worker's page and choose “Correct the person's data” there.")
    ask_title, dispute_title = _("Correct the person's data"), _("Object to the correction")
    list_columns = ["name", "what", "state", "basis", "site_name", "dispute_until", "created_at_"]
    computed = {
        "what": Computed(_("Old and new values"), in_words),
        "created_at_": Computed(
            _("Asked for on"), lambda row, _f: f"{clock.local(row.created_at):%Y-%m-%d %H:%M}"
        ),
    }
    card_columns = ("name", "what", "state", "dispute_until")
    search_columns = ["state", "basis"]
    keyword_columns = ("name", "site_name")
    order_columns = ["dispute_until"]
    base_order = ("id", "desc")
    show_sections = [
        (_("Grounds"), ["site_name", "unit_id", "basis", "reader_no", "proof", "dispute_until",
                        "in_force_at"]),
        (_("Objection"), ["dispute_reason", "dispute_proof", "disputed_site", "disputed_at"]),
    ]  # fmt: skip
    # the table of old and new values, the title and the link of the head say these
    left_out = (
        "worker_id", "name", "fields", "read_by_chip",
        *(f"{when}_{name}" for when in ("old", "new") for name in COLUMNS.values()),
    )  # fmt: skip

    def row_actions(self, row: Any) -> Any:
        """Give the page, and the objection where it is still open."""
        found = [{"label": gettext("View"), "url": url_for(".show", pk=row.id)}]
        if self._may_dispute(row):
            found.append(
                {"label": self.move_label("dispute"), "url": url_for(".dispute", pk=row.id)}
            )
        return found

    # --- asking ---------------------------------------------------------------------------

    @expose("/ask/<worker>", methods=["GET", "POST"])
    @has_access
    def ask(self, worker: str) -> Any:
        """Show and take the form of a correction of one worker's person."""
        stay = self._stay(worker)
        kind = form_class(PersonCorrection, [*WHAT, *GROUNDS])
        form = new_form(kind, project_id=stay.project_id, **_proposed(stay))
        if request.method == "POST":

            def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
                return services.ask_correction(stay, values, actor=actor)

            outcome = submit(form, save)
            if outcome is not None:
                flash(*_told(outcome))
                return redirect(url_for(".show", pk=outcome.id))
        title = gettext("%(title)s: %(name)s", title=self.ask_title, name=stay.name)
        sections = [(_("What is corrected"), WHAT), (_("Grounds"), GROUNDS)]
        return self.form_page(form, sections, title, url_for("WorkerView.show", pk=stay.id))

    def _stay(self, raw: str) -> ProjectWorker:
        number = int(raw) if raw.isdecimal() and len(raw) < 18 else -1
        found = db.session.scalars(
            select(ProjectWorker).where(
                ProjectWorker.id == number, ProjectWorker.is_deleted.is_(False)
            )
        ).one_or_none()
        if found is None or not queries.keeps(found, scope.current()):
            abort(404)
        return found

    # --- objecting ------------------------------------------------------------------------

    @expose("/dispute/<pk>", methods=["GET", "POST"])
    @has_access
    def dispute(self, pk: str) -> Any:
        """Show and take an objection, with its reason and proof."""
        row = self.row(pk)
        if not is_concerned(row, scope.current()):
            abort(404)
        form = read_form(form_class(PersonCorrection, OBJECTION))
        if request.method == "POST":

            def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
                return services.dispute_correction(row, values, actor=actor)

            if submit(form, save) is not None:
                flash(gettext("The objection is with the district, which decides"), "success")
                return redirect(url_for(".show", pk=pk))
        title = gettext("%(title)s: %(name)s", title=self.dispute_title, name=row.name)
        return self.form_page(form, [("", OBJECTION)], title, url_for(".show", pk=pk))

    def _may_dispute(self, row: PersonCorrection) -> bool:
        open_still = row.dispute_until is not None and row.dispute_until > clock.now()
        return (
            row.state is PersonCorrectionState.PENDING and open_still
            and self.allowed("dispute") and is_concerned(row, scope.current())
        )  # fmt: skip

    # --- detail ---------------------------------------------------------------------------

    def move_buttons(self, row: Any) -> Any:
        """Give 撤回 to who asked and 提出异议 to the others; the district has its own screen."""
        found = []
        if is_own(row, scope.current()):
            found = [b for b in super().move_buttons(row) if b["url"] == self._url(row, "withdraw")]
        if self._may_dispute(row):
            found.append({"label": self.move_label("dispute"), "method": "get", "tone": "danger",
                          "url": url_for(".dispute", pk=row.id), "confirm": None})  # fmt: skip
        return found

    def _url(self, row: Any, verb: str) -> str:
        return url_for(".move", pk=row.id, verb=verb)

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Take back, or object in words alone; the district decides on its own screen."""
        if verb == "withdraw":
            services.withdraw_correction(row, remark, actor=actor)
        elif verb == "dispute":
            services.dispute_correction(row, {"dispute_reason": remark}, actor=actor)
        else:
            services.decide_correction(row, verb, remark, actor=actor)

    def subtitle(self, row: Any) -> Any:
        """Name the project where it was asked for."""
        return gettext("Asked for at %(site)s", site=row.site_name or EMPTY)

    def value(self, row: Any, name: str) -> Any:
        """Give the proof of the other side as on file: who decides opens it."""
        foreign = scope.current().audience is scope.Audience.TENANT and not is_own(
            row, scope.current()
        )
        if name in PAPERS and foreign:
            return spec_of(PersonCorrection, name).kind.cell(getattr(row, name)) or EMPTY
        return super().value(row, name)

    def own_tab(self, row: Any) -> dict[str, Any]:
        """Give old and new values side by side before grounds and objection."""
        found = super().own_tab(row)
        if not row.dispute_reason:
            found["sections"] = [s for s in found["sections"] if str(s[0]) != str(_("Objection"))]
        found["changes"] = [
            {"label": field.label, "old": self.value(row, old), "new": self.value(row, new)}
            for field, old, new in changed(row)
        ]
        found["change_heads"] = (gettext("Old value"), gettext("New value"))
        return found

    def show_context(self, row: Any) -> dict[str, Any]:
        """Add to the head what happens next and the way to the worker."""
        context = super().show_context(row)
        context["head"]["note"] = self._note(row)
        return context

    def _note(self, row: PersonCorrection) -> Markup:
        lines = [Markup("<p>{}</p>").format(words) for words in _next(row)]
        stay = elsewhere.own_stay(row.person_id, scope.current())
        if stay is not None and scope.current().can("read", Area.ROSTER):
            lines.append(
                Markup('<p><a href="{}">{}</a></p>').format(
                    url_for("WorkerView.show", pk=stay.id),
                    gettext("Open the worker's page"),
                )
            )
        return Markup("").join(lines)


class DisputeView(MergingViews, PersonCorrectionView):
    """人员信息争议: the queue of the district, which decides with both proofs (8.5)."""

    datamodel = Interface(PersonCorrection)
    route_base = "/person-disputes"
    exclude_route_methods = {*PersonCorrectionView.exclude_route_methods, "ask", "dispute"}
    audience = scope.Audience.GOVERNMENT
    method_permission_name = {**PersonCorrectionView.method_permission_name, "merge": "merge"}
    list_title = _("Disputed person corrections")
    empty_title = _("No disputed correction waits")
    empty_text = _("Corrections another site objects to stand here until they are decided.")

    def restrict(self, query: Select[Any]) -> Select[Any]:
        """Show what waits on the list; what was disputed and decided stays reachable."""
        listed = (request.endpoint or "").rsplit(".", 1)[-1] in {"list", "export"}
        query = query.where(PersonCorrection.dispute_reason.is_not(None))
        if listed and not request.args.get("state"):
            return query.where(PersonCorrection.state == PersonCorrectionState.DISPUTED)
        return query.where(PersonCorrection.state.in_(DECIDED_AFTER))

    def row_actions(self, row: Any) -> Any:
        """Give the way to the decision."""
        return [{"label": gettext("Review"), "url": url_for(".show", pk=row.id)}]

    def move_buttons(self, row: Any) -> Any:
        """Give the decisions of the district: a number of another person is merged or refused."""
        merge = self.merge_button(row)
        out = {self._url(row, "merge"), *([self._url(row, "approve")] if merge else [])}
        return [
            *merge, *(b for b in BaseModelView.move_buttons(self, row) if b["url"] not in out)
        ]  # fmt: skip


def _proposed(stay: ProjectWorker) -> dict[str, Any]:
    """Propose what a conflict suggests: the name entered here, or read from the chip."""
    if not conflicts.of_names(stay):
        return {}
    found = {"fields": [CorrectedField.NAME.name], "new_name": stay.name}
    if stay.read_by_chip:
        found |= {"basis": "CHIP", "reader_no": stay.reader_no}
    return found


def _told(row: PersonCorrection) -> tuple[str, str]:
    if row.state is PersonCorrectionState.IN_FORCE:
        return gettext("The correction is in force for all live stays of the person"), "success"
    if row.state is PersonCorrectionState.DISPUTED:
        return gettext("The number is another person's: the district compares the two and merges"
                       " them where they are one person"), "success"  # fmt: skip
    return gettext(
        "Other sites have this person as well: they may object until %(time)s, then it holds",
        time=_moment(row.dispute_until),
    ), "success"  # fmt: skip


def _next(row: PersonCorrection) -> list[str]:
    """Say what follows from the present state."""
    if row.state is PersonCorrectionState.PENDING and row.dispute_until is not None:
        return [gettext("Other sites may object until %(time)s; without an objection it holds then"
                        " by itself", time=_moment(row.dispute_until))]  # fmt: skip
    if row.state is PersonCorrectionState.DISPUTED and not row.disputed_site:
        return [gettext("The number is another person's: the district compares the two and merges"
                        " them where they are one person")]  # fmt: skip
    if row.state is PersonCorrectionState.DISPUTED:
        return [gettext("Objected to: the district decides with the proofs of both sides")]
    return []


def _moment(at: Any) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}"
