"""事件记录: list, form and page of an incident (screens.md 12.1)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from datetime import timedelta
from typing import Any

from flask import jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import Select, and_, or_, select

from app.core import checks, clock, dictionaries, scope
from app.core.columns import specs
from app.core.forms import BaseForm
from app.core.views import BaseModelView, Computed, Interface, answer
from app.core.views.pickers import LOOKUP_SIZE
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.incidents import queries, services
from app.incidents.choices import IncidentState, Severity, Verdict
from app.incidents.forms import IncidentForm, line_of
from app.incidents.models import Incident, person_line
from app.incidents.states import INCIDENT_FLOW
from app.permissions import Area
from app.projects.choices import ON_SITE_UNITS
from app.projects.models import Project, ProjectUnit
from app.roster.models import ProjectWorker

MAIN = ["unit_id", "kind", "severity", "occurred_at", "known_at", "place", "head_count", "amount"]
STORY = ["description", "suggest_watch", "files"]
ENDING = ["handling", "result", "unknown_count"]


def age(row: Incident) -> str:
    """Give how long ago an incident happened, in days."""
    days = (clock.now() - row.occurred_at) // timedelta(days=1)
    return gettext("%(days)s days", days=days)


def units_of_project(_given: dict[str, str]) -> Select[Any]:
    """Give the units of the chosen project, or of all projects the user works on."""
    query = select(ProjectUnit).where(
        ProjectUnit.is_deleted.is_(False), ProjectUnit.state.in_(ON_SITE_UNITS)
    )
    number = chosen_project_id()
    return query.where(ProjectUnit.project_id == number) if number else query


def verdicts_open(row: Incident) -> list[Verdict]:
    """Give the verdicts the bureau may come to; one given may be put back while it is open."""
    found = [Verdict.CONFIRMED, Verdict.REFUTED]
    again = INCIDENT_FLOW.transition(services.VERBS[Verdict.WAITING], row.state) is not None
    return [*found, Verdict.WAITING] if again and row.confirmed is not Verdict.WAITING else found


class IncidentView(BaseModelView):
    """事件记录."""

    datamodel = Interface(Incident)
    class_permission_name = Area.INCIDENTS
    method_permission_name = {"verify": "confirm", "workers": "write", "picked": "write"}
    flow = INCIDENT_FLOW
    add_service = services.record_incident
    edit_service = services.change_incident
    form_base = IncidentForm
    list_title, add_title = _("Incidents"), _("Record an incident")
    edit_title, add_label = _("Change the incident"), _("Record an incident")
    list_columns = [
        "incident_no", "kind", "severity", "project", "unit_id", "occurred_at", "head_count",
        "amount", "confirmed", "state", "age",
    ]  # fmt: skip
    site_columns = ("project",)
    card_columns = ("kind", "occurred_at", "confirmed", "state")
    search_columns = ["kind", "severity", "state", "confirmed", "occurred_at", "unit_id"]
    order_columns = ["occurred_at", "head_count", "amount"]
    base_order = ("occurred_at", "desc")
    keyword_columns = ("incident_no", "place")
    computed = {
        "project": Computed(_("Project"), lambda row, f: f["projects"].get(row.project_id, "")),
        "age": Computed(_("Since then"), lambda row, _f: age(row), numeric=True),
    }
    lookups = {"unit_id": units_of_project}
    form_sections = [
        (_("Incident"), MAIN), (_("Course"), STORY), (_("People"), ["people"]),
        (_("Handling"), ENDING),
    ]  # fmt: skip
    # the unit of a recorded incident stays: it is not asked for again
    edit_sections = [(_("Incident"), MAIN[1:]), *form_sections[1:]]
    show_sections = [
        (_("Incident"), [*MAIN, "reporter", "reporter_mobile", "reported_at"]),
        (_("Course"), STORY), (_("Handling"), ENDING),
        (_("Verification by the bureau"), ["confirmed", "confirmed_remark"]),
    ]  # fmt: skip
    left_out = ("incident_no",)  # the title of the page
    empty_title = _("No incidents recorded")
    empty_text = _("Disputes and accidents on the site are recorded here and reported to the"
                   " bureau.")  # fmt: skip

    def restrict(self, query: Select[Any]) -> Select[Any]:
        """Leave out drafts, which are the matter of who records."""
        return query.where(queries.readable(scope.current()))

    def project_id(self) -> int | None:
        """Give the project chosen at the top."""
        return chosen_project_id()

    def extra_filters(self) -> list[dict[str, Any]]:
        """Filter by what the bureau has still to verify."""
        return [
            {"name": "to_verify", "label": gettext("To verify"), "kind": "select",
             "choices": [("1", gettext("Yes"))],
             "where": lambda _raw: and_(*queries.to_verify())},
        ]  # fmt: skip

    def facts(self, rows: list[Incident]) -> dict[str, Any]:
        """Read the names of the projects of a page."""
        numbers = {row.project_id for row in rows}
        found = db.session.execute(select(Project.id, Project.name).where(Project.id.in_(numbers)))
        return {"projects": dict(iter(found))}

    def defaults(self) -> dict[str, Any]:
        """Start with the common severity."""
        return {"severity": Severity.COMMON}

    def may_edit(self, row: Incident) -> bool:
        """Offer the form to whose record it is, while the incident is open."""
        mine = queries.is_recorder(row, scope.current())
        return super().may_edit(row) and mine and row.state in services.OPEN

    def form_to_change(self, row: Incident) -> tuple[Any, type[BaseForm]]:
        """Give the form; of what the bureau has verified only the ending is still written."""
        if services.locked(row, scope.current()):
            return [(_("Handling"), ENDING)], BaseForm
        return super().form_to_change(row)

    def subtitle(self, row: Incident) -> Any:
        """Give kind, day and project."""
        project = db.session.scalar(select(Project.name).where(Project.id == row.project_id))
        kind = dictionaries.label("incident_kind", row.kind)
        return f"{kind} · {clock.local(row.occurred_at):%Y-%m-%d} · {project or ''}"

    def head_facts(self, row: Incident) -> list[dict[str, Any]]:
        """Give people, severity and verification."""
        return [
            {"label": gettext("People concerned"), "value": row.head_count},
            {"label": gettext("Severity"), "value": row.severity.label},
            {"label": gettext("Verification by the bureau"), "value": row.confirmed.label},
            {"label": gettext("Since then"), "value": age(row)},
        ]

    def own_tab(self, row: Incident) -> dict[str, Any]:
        """Give the columns and, after the story, the people."""
        found = super().own_tab(row)
        lines = Markup("<br>").join(person_line(person) for person in row.people)
        found["sections"].insert(
            2, (gettext("People"), [(gettext("People concerned by name"), lines, "wide")])
        )
        return found

    def move_buttons(self, row: Incident) -> list[dict[str, Any]]:
        """Give the moves that are the reader's to make and, to the bureau, the verification."""
        actor = scope.current()
        found = super().move_buttons(row)
        if actor.audience is scope.Audience.TENANT and not queries.is_recorder(row, actor):
            return []
        refused = set(services.VERDICTS)
        if not services.may_cancel(row, actor):
            refused.add("cancel")
        hidden = {url_for(".move", pk=row.id, verb=verb) for verb in refused}
        found = [button for button in found if button["url"] not in hidden]
        open_ = row.state not in (IncidentState.DRAFT, IncidentState.CANCELLED)
        if open_ and self.allowed("confirm"):
            found.insert(0, {"label": gettext("Verify"), "tone": "primary", "method": "get",
                             "url": url_for(".verify", pk=row.id)})  # fmt: skip
        return found

    def make_move(self, verb: str, row: Incident, remark: str, *, actor: scope.Principal) -> None:
        """Make a move through its service."""
        services.move(row, verb, remark, actor=actor)

    @expose("/workers")
    @has_access
    def workers(self) -> Any:
        """Answer the picker of people: the roster the reader sees, twenty at a time."""
        term = request.args.get("q", "").strip()[:50]
        kind: Any = specs(ProjectWorker)["id_number"].kind
        query = select(ProjectWorker).where(
            ProjectWorker.is_deleted.is_(False),
            or_(
                ProjectWorker.name.contains(term, autoescape=True),
                ProjectWorker.worker_no == term,
                ProjectWorker.id_number_hash == kind.fingerprint(kind.normal(term)),
            ),
        )  # fmt: skip
        if number := chosen_project_id():
            query = query.where(ProjectWorker.project_id == number)
        rows = db.session.scalars(query.order_by(ProjectWorker.id.desc()).limit(LOOKUP_SIZE))
        return jsonify(
            results=[{"id": row.id, "text": line_of(row)} for row in rows],
            pagination={"more": False},
        )

    @expose("/picked", methods=["POST"])
    @has_access
    def picked(self) -> Any:
        """Give name and masked document of whoever was picked; saving takes them from his row."""
        raw = request.form.get("value", "")
        number = int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 18 else 0
        worker = db.session.get(ProjectWorker, number)
        if worker is None or worker.is_deleted:
            return jsonify(ok=False, lines=[], fill={})
        shown = checks.mask_identity(worker.id_number or "")
        return jsonify(ok=True, lines=[], fill={
            "name": worker.name, "id_type": worker.id_type, "id_number": shown,
        })  # fmt: skip

    @expose("/verify/<pk>", methods=["GET", "POST"])
    @has_access
    def verify(self, pk: str) -> Any:
        """Show and take the bureau's answer."""
        row = self.row(pk)
        if request.method == "POST":
            verdict = Verdict.__members__.get(request.form.get("verdict", ""))
            remark = request.form.get("remark", "").strip()[:500]
            if answer(services.verify, row, verdict, remark, success=gettext("Verified")):
                return redirect(url_for(".show", pk=pk))
        return self.render_template(
            "incidents/verify.html", title=gettext("Verify"), subject=str(row),
            verdicts=verdicts_open(row), remark=request.form.get("remark", ""),
            chosen=request.form.get("verdict", ""),
            action_url=url_for(".verify", pk=pk), cancel_url=url_for(".show", pk=pk),
        )  # fmt: skip
