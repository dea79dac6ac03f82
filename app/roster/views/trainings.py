"""培训记录: sessions of the project, who took part, and their results (screens.md 8.2)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from collections.abc import Mapping
from typing import Any

from flask import abort, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from app.core import clock, scope
from app.core.columns import Refs, column
from app.core.columns.base import ColumnSpec, specs
from app.core.columns.files import describe_all
from app.core.errors import Closed
from app.core.forms import BaseForm, extend, form_class, loose
from app.core.views import Computed, Interface, answer, new_form, read_form
from app.core.views.asked import integer
from app.core.views.pages import unless_stale
from app.core.views.shell import chosen_project_id, work_in
from app.extensions import db
from app.permissions import Area
from app.roster import services
from app.roster.choices import TrainingResult
from app.roster.models import ProjectWorker, Team, Trainee, Training
from app.roster.queries import LIVE, open_teams, papers
from app.roster.services import trainings
from app.roster.views.base import SITE, RosterView, chosen_project

PEOPLE: dict[str, ColumnSpec] = {
    "people": loose("people", column(
        Refs(ProjectWorker), label=_("Who took part"),
        help=_("Search by name; whole teams are quicker added below"),
    )),
    "team_ids": loose("team_ids", column(
        Refs(Team), label=_("Whole teams"), help=_("Everybody of these teams who has not left"),
    )),
    "failed": loose("failed", column(
        Refs(ProjectWorker), label=_("Who did not pass"),
        help=_("Everybody else is recorded as having passed; scores are entered afterwards"),
    )),
}  # fmt: skip
SESSION = ["kind", "name", "trained_on", "hours", "trainer", "organiser", "place"]
PAPERS = ["description", "files"]


def _workers(_given: dict[str, str]) -> Select[Any]:
    return select(ProjectWorker).where(
        ProjectWorker.project_id == (chosen_project_id() or 0),
        ProjectWorker.state.in_(LIVE), ProjectWorker.is_deleted.is_(False),
    )  # fmt: skip


def _teams(_given: dict[str, str]) -> Select[Any]:
    return open_teams(chosen_project_id(), None)


OFFERED: dict[str, tuple[Any, Any]] = {
    "people": (_workers, ProjectWorker), "failed": (_workers, ProjectWorker),
    "team_ids": (_teams, Team),
}  # fmt: skip


class TrainingForm(BaseForm):
    """A session with its people: single ones, whole teams, and those who did not pass."""

    def session(self) -> dict[str, Any]:
        """Give the values as the service takes them."""
        found = self.values()
        numbers = list(found.pop("people") or [])
        teams, failed = found.pop("team_ids") or [], set(found.pop("failed") or [])
        numbers += [n for n in _members(teams) if n not in set(numbers)]
        numbers += [n for n in sorted(failed) if n not in set(numbers)]
        found["people"] = [
            {"worker": n,
             "result": TrainingResult.FAILED if n in failed else TrainingResult.PASSED}
            for n in numbers
        ]  # fmt: skip
        return found


def _members(teams: Any) -> list[int]:
    return list(
        db.session.scalars(
            _workers({}).with_only_columns(ProjectWorker.id)
            .where(ProjectWorker.team_id.in_(teams)).order_by(ProjectWorker.id)
        )
    ) if teams else []  # fmt: skip


class TrainingView(RosterView):
    """培训记录."""

    datamodel = Interface(Training)
    route_base = "/trainings"
    class_permission_name = Area.ROSTER
    method_permission_name = dict.fromkeys(("grade", "remove"), "write")
    list_title, show_title = _("Training records"), _("Training")
    add_title, edit_title = _("Add a training"), _("Edit the training")
    add_label = _("Add a training")
    empty_title = _("No training yet")
    empty_text = _("Record the entry training before the workers' first punch.")
    list_columns = ["trained_on", "kind", "name", "project", "hours", "heads", "trainer", "place"]
    card_columns = ("name", "trained_on", "kind", "heads")
    name_column = "name"
    search_columns = ["kind", "trained_on"]
    keyword_columns = ("name", "trainer")
    order_columns = ["trained_on", "hours"]
    base_order = ("trained_on", "desc")
    form_sections = [(_("Training"), [*SESSION, *PAPERS])]
    show_sections = [(_("Training"), [*SESSION, *PAPERS])]
    form_base = TrainingForm
    computed = {
        "project": SITE,
        "heads": Computed(_("People"), lambda row, facts: facts.get(row.id, 0), numeric=True),
    }
    add_service = staticmethod(services.record_trainings)
    edit_service = staticmethod(services.edit_training)

    def facts(self, rows: Any) -> dict[int, int]:
        """Count once a page who took part."""
        return papers.head_counts(row.id for row in rows)

    def toolbar(self) -> list[dict[str, Any]]:
        """Give the form and 批量导入."""
        return [*super().toolbar(), *self.import_button("T11")]

    def may_add(self) -> bool:
        """Tell whether the form is offered: with the right, and within a project."""
        return super().may_add() and self.project_id() is not None

    def may_edit(self, row: Any) -> bool:
        """Tell whether this session is the user's to change."""
        return super().may_edit(row) and trainings.may_keep(row, scope.current())

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """Show the sessions of the chosen project."""
        return self.lead_to_choice() or super().list()

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take 新增培训; the address may name workers that were ticked."""
        if not self.may_add():
            return self.lead_to_choice() or abort(403)
        project = chosen_project()
        form: Any = new_form(
            self._form_class(), project_id=project.id, kind="003002",
            trained_on=clock.today(), people=_asked(),
        )  # fmt: skip

        def save(_values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            return services.record_trainings(project, [form.session()], actor=actor)[0]

        done = self.take(form, save, gettext("Saved"), self.after_add)
        return done or self._page(form, self.add_title, url_for(".list"))

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """Show and take the form of a session; who is kept keeps his score."""
        row = self.row(pk)
        if not self.may_edit(row):
            raise Closed(str(row))
        there = papers.trainees([row.id])[row.id]
        row.people = [one.worker_id for one in there]
        row.failed = [one.worker_id for one in there if one.result is TrainingResult.FAILED]
        row.team_ids = []
        form: Any = read_form(self._form_class(), row)

        def change(found: Training, values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            given = {**values, **form.session()}
            return services.edit_training(found, given, actor=actor)

        target = url_for(".show", pk=pk)
        done = self.take(form, unless_stale(form, row, change), gettext("Saved"), target)
        return done or self._page(form, self.edit_title, target)

    def _form_class(self) -> type[BaseForm]:
        return extend(self._class_of(self.form_sections, TrainingForm), PEOPLE)

    def _page(self, form: BaseForm, title: Any, cancel: str) -> str:
        proof = work_in(None) or None
        for name in PEOPLE:
            form[name].lookup_url = url_for(".lookup", column=name, for_project=proof)
            form[name].chosen = self.chosen(name, form[name].typed)
        sections = [*self.form_sections, (_("Who took part"), [*PEOPLE])]
        return self.form_page(form, sections, title, cancel)

    def _choices(self, column: str, given: dict[str, str]) -> Any:
        if column in OFFERED:
            offered, model = OFFERED[column]
            return offered(given), model
        return super()._choices(column, given)

    def chosen(self, name: str, value: Any) -> Any:
        """Give the options of picked people and teams that are visible."""
        if name not in OFFERED:
            return super().chosen(name, value)
        offered, model = OFFERED[name]
        numbers = [integer(str(one), -1) for one in value or []]
        rows: Any = db.session.scalars(offered({}).where(model.id.in_(numbers))) if numbers else []
        return [(str(row.id), str(row)) for row in rows]

    @expose("/lookup/<column>")
    @has_access
    def lookup(self, column: str) -> Any:
        """Answer a picker; workers stand with number and team, because names repeat."""
        found = super().lookup(column)
        if column not in ("people", "failed"):
            return found
        offered = found.get_json()
        notes = papers.notes_of(row["id"] for row in offered["results"])
        for row in offered["results"]:
            row["note"] = notes.get(row["id"], "")
        return jsonify(offered)

    # --- one session ----------------------------------------------------------------------

    def own_tab(self, row: Any) -> dict[str, Any]:
        """Give the session and, below, who took part with which result."""
        describe_all(row)
        there = papers.trainees([row.id])[row.id]
        return {
            **super().own_tab(row), "rows": [self._line(one) for one in there],
            "empty": {"title": gettext("Nobody is recorded"),
                      "text": gettext("Choose who took part under 编辑.")},
        }  # fmt: skip

    def _line(self, one: Trainee) -> dict[str, Any]:
        worker, held = one.worker, specs(Trainee)
        cells = (
            ("name", specs(ProjectWorker)["name"].label, worker.name),
            ("number", specs(ProjectWorker)["id_number"].label,
             specs(ProjectWorker)["id_number"].masked(worker)),
            ("team", specs(ProjectWorker)["team_id"].label, str(worker.team or "")),
            ("result", held["result"].label, held["result"].shown(one)),
            ("score", held["score"].label, held["score"].shown(one)),
        )  # fmt: skip
        own = self.allowed("write") and services.keeps(worker, scope.current())
        edit = {"label": gettext("Result"), "url": url_for(".grade", pk=one.id)}
        return {
            "id": one.id, "selectable": False, "actions": [edit] if own else [],
            "cells": [
                {"name": name, "label": label, "html": value, "primary": name == "name",
                 "card": name in ("name", "team", "result"),
                 "url": url_for("WorkerView.show", pk=worker.id) if name == "name" else None}
                for name, label, value in cells
            ],
        }  # fmt: skip

    def buttons(self, row: Any) -> Any:
        """Give 编辑 and 删除."""
        found = super().buttons(row)
        if self.may_edit(row):
            found.append({
                "label": gettext("Remove"), "url": url_for(".remove", pk=row.id),
                "method": "post", "tone": "danger",
                "confirm": gettext("Remove this training? The workers' training records follow."),
            })  # fmt: skip
        return found

    @expose("/remove/<pk>", methods=["POST"])
    @has_access
    def remove(self, pk: str) -> Response:
        """Remove a session recorded by mistake."""
        row = self.row(pk)
        if not self.may_edit(row):
            raise Closed(str(row))
        done = answer(services.drop_training, row, success=gettext("The training is removed"))
        return redirect(url_for(".list") if done else url_for(".show", pk=pk))

    @expose("/grade/<pk>", methods=["GET", "POST"])
    @has_access
    def grade(self, pk: str) -> Any:
        """Show and take result and score of one person."""
        one = db.session.scalars(
            select(Trainee).where(Trainee.id == integer(pk, -1), Trainee.is_deleted.is_(False))
        ).one_or_none()
        if one is None or not services.keeps(one.worker, scope.current()):
            abort(404)
        form = read_form(form_class(Trainee, ("result", "score")), one)
        target = url_for(".show", pk=one.training_id)
        saving = unless_stale(form, one, services.grade)
        done = self.take(form, saving, gettext("Saved"), target)
        if done is not None:
            return done
        title = f"{gettext('Result of the training')} · {one.worker.name}"
        return self.form_page(form, [("", ["result", "score"])], title, target)


def _asked() -> list[int]:
    """Give the workers an address names."""
    return [n for raw in request.args.getlist("rowid")[:500] if (n := integer(raw, 0))]
