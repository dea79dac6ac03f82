"""What the screens of the roster share: the chosen project, form pages, the exit form."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from app.core import dictionaries, scope
from app.core.columns.base import EMPTY, specs
from app.core.errors import NotFound
from app.core.forms import BaseForm
from app.core.views import BaseModelView, Computed
from app.core.views.importing import import_button
from app.core.views.pages import submit
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.projects.models import Project
from app.roster import belonging, queries
from app.roster.events import sender_asked


def chosen_project() -> Project:
    """Give the project chosen at the top; refuse when there is none the user may see."""
    number = chosen_project_id()
    project = db.session.get(Project, number) if number else None
    if project is None:
        raise NotFound(gettext("Choose a project at the top of the page first"))
    g.chosen_project = project  # the session forgets what nobody holds, and would read it again
    return project


def picked_unit(given: dict[str, str]) -> int | None:
    """Give the unit a picker depends on."""
    raw = given.get("unit_id", "")
    return int(raw) if raw.isdecimal() and len(raw) < 18 else None


def unit_choices(given: dict[str, str]) -> Select[Any]:
    """Give the units that take new people, owner and supervisor included; filters take any."""
    if given.get("any"):
        return queries.units_of(chosen_project_id())
    return queries.open_units(chosen_project_id(), scope.current())


def employer_choices(given: dict[str, str]) -> Select[Any]:
    """Give the units that take new teams and workers from this user; a filter takes any unit."""
    if given.get("any"):
        return queries.units_of(chosen_project_id())
    return queries.employing_units(chosen_project_id(), scope.current())


def team_choices(given: dict[str, str]) -> Select[Any]:
    """Give the teams of the unit picked before, or those its workers may change to."""
    joins = given.get("joins", "")
    if joins.isdecimal() and len(joins) < 18:
        return belonging.teams_to_join(chosen_project_id(), int(joins), scope.current())
    return queries.open_teams(chosen_project_id(), picked_unit(given) or -1)


def site_name(row: Any, _facts: Any) -> str:
    """Give the name of the project a listed row stands on."""
    return str(g.get("site_names", {}).get(row.project_id, ""))


SITE = Computed(_("Project"), site_name)


class RosterView(BaseModelView):
    """A screen inside the chosen project; contractors without one are led to the choice."""

    site_columns = ("project",)

    def _rows(self, ids: list[int], keys: Any, *, down: bool) -> list[Any]:
        """Load a page, and in one statement the names of its projects where they are shown."""
        rows = super()._rows(ids, keys, down=down)
        if "project" in self._shown():
            names = g.setdefault("site_names", {})
            unknown = {row.project_id for row in rows} - names.keys()
            if unknown:
                found = select(Project.id, Project.name).where(Project.id.in_(unknown))
                names.update(iter(db.session.execute(found)))  # type: ignore[arg-type]
        return rows

    def own_tab(self, row: Any) -> dict[str, Any]:
        """Show what is asked of the row and what it has all the same, such as a derived birth."""
        sections = [
            (title, [(self.spec(name).label, self.value(row, name)) for name in wanted
                     if self.has_place(row, name)])
            for title, wanted in self.show_sections
        ]  # fmt: skip
        origin = (gettext("Record"), [(gettext("Source of the data"), origin_of(row))])
        return {**super().own_tab(row), "sections": [*sections, origin]}

    def has_place(self, row: Any, name: str) -> bool:
        """Tell whether a value stands on the detail page: asked of this row, or there."""
        values = {one: getattr(row, one) for one in specs(self.model)}
        return values[name] not in (None, "", []) or self.spec(name).demanded(values)

    def _filter(self, name: str, *, primary: bool) -> dict[str, Any]:
        """Let the filter find rows of units that take nobody any more."""
        found = super()._filter(name, primary=primary)
        if name == "unit_id":
            found["url"] = url_for(".lookup", column=name, any=1)
        return found

    def project_id(self) -> int | None:
        """Give the project chosen at the top."""
        return chosen_project_id()

    def import_button(self, code: str) -> list[dict[str, Any]]:
        """Lead whoever may add rows here to the card of their import template."""
        return import_button(code) if self.may_add() else []

    def lead_to_choice(self) -> Response | None:
        """Lead a contractor who has chosen no project to the choice of projects."""
        tenant = scope.current().audience is scope.Audience.TENANT
        known = "SiteView.list" in current_app.view_functions
        if chosen_project_id() or not tenant or not known:
            return None
        flash(gettext("Choose a project first"), "info")
        return redirect(url_for("SiteView.list"))

    def take(
        self, form: BaseForm, service: Callable[..., Any], words: str, target: Any
    ) -> Response | None:
        """Run a service with a posted form; give where to go, or what to show, when it is done."""
        if request.method != "POST":
            return None
        outcome = submit(form, service)
        if outcome is None:
            return None
        flash(words, "success")
        for notice in getattr(outcome, "notices", ()):
            flash(notice, "warning")
        found = target(outcome) if callable(target) else target
        return redirect(found) if isinstance(found, str) else found

    def ticked(self) -> list[Any]:
        """Load the rows an address names: all of them visible, or none."""
        raw = (request.form or request.args).getlist("rowid") or request.args.getlist("rowid")
        numbers = {int(n) for n in raw[:500] if n.isdecimal() and len(n) < 18}
        rows = list(
            db.session.scalars(
                self.restrict(
                    select(self.model)
                    .where(self.model.id.in_(numbers), self.model.is_deleted.is_(False))
                    .order_by(self.model.id)
                )
            )
        )
        return rows if len(rows) == len(numbers) else []


def origin_of(row: Any) -> str:
    """Say by which door a row came, and whose site system sent it (screens.md 0, 7.4)."""
    door = dictionaries.label("data_source", row.source) if row.source else EMPTY
    vendors = sender_asked.send(row=row) if row.source == scope.Door.API else []
    return " · ".join([door, *vendors])
