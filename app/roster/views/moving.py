"""进场, 退场 and 调班组 of one worker, of ticked ones, or of all a filter finds (8.2, 8.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core import clock, scope
from app.core.forms import BaseForm, form_class
from app.core.views import action, read_form, shell
from app.core.views.importing import import_button
from app.extensions import db
from app.projects.models import Project
from app.roster import queries, services
from app.roster.choices import MovementKind, StayState
from app.roster.forms import ENTRY_COLUMNS, EXIT_COLUMNS, MOVE_COLUMNS, exit_form, move_form
from app.roster.models import Movement, ProjectWorker
from app.roster.states import STAY_FLOW
from app.roster.views import panels

BY_FILTER = "filter"
NO_FILTER = ("by", "page", "after", "rowid", "for_project")
MOST = 2000  # workers of one step, as many as a large site has
ENTERING = (StayState.DRAFT, StayState.EXPECTED)


class MovingMixin:
    """The steps of workers beyond their form; mixed into the view of the workers."""

    model: Any
    restrict: Callable[..., Any]
    filtered: Callable[[], Any]
    allowed: Callable[[str], bool]
    project_id: Callable[[], int | None]
    form_page: Callable[..., str]
    take: Callable[..., Any]
    move_label: Callable[[str], Any]
    move_question: Callable[[str], Any]

    def move_buttons(self, row: Any) -> Any:
        """Give 进场 and 退场 through their forms, 调班组 through its own, 撤回 at once."""
        found = []
        if self.may_reassign(row):
            found.append({"label": gettext("Change the team"), "method": "get", "tone": "",
                          "url": url_for(".reassign", rowid=row.id)})  # fmt: skip
        for move in STAY_FLOW.open_to(scope.current(), row.state):
            page = move.verb in ("enter", "exit")
            url = (
                url_for(f".{move.verb}", rowid=row.id) if page
                else url_for(".move", pk=row.id, verb=move.verb)
            )  # fmt: skip
            found.append({
                "label": self.move_label(move.verb), "url": url,
                "method": "get" if page else "post",
                "tone": "danger" if move.verb == "exit" else "primary" if page else "",
                "confirm": None if page else self.move_question(move.verb),
            })  # fmt: skip
        return found

    def exit_found(self) -> Any:
        """Offer the exit of all the filters find (批量退场 of screens.md 8.2)."""
        if not self.allowed("exit") or self.project_id() is None:
            return []
        return [{"label": gettext("Exit of all found"), "icon": "",
                 "url": url_for(".exit", **{**asked_filters(), "by": BY_FILTER})}]  # fmt: skip

    def import_exits(self) -> list[dict[str, Any]]:
        """Lead to the card of 进退场, where many leave at once."""
        if not self.allowed("exit") or self.project_id() is None:
            return []
        return import_button("T5", gettext("Import exits"))

    def may_reassign(self, row: Any) -> bool:
        """Tell whether 调班组 is offered: with the right, for workers here or awaited."""
        here = row.state in queries.PRESENT and not services.is_manager(row)
        return here and self.allowed("reassign")

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Fire the moves that need no form; entries and exits are recorded through theirs."""
        if verb != "withdraw":
            abort(409)
        services.withdraw_entry(row, remark, actor=actor)

    @action("exit", _("Exit of several"), "", multiple=True)
    def exit_ticked(self, rows: Any) -> Response:
        """Lead the ticked workers to the one form of their exit."""
        return redirect(url_for(".exit", rowid=[row.id for row in rows]))

    @action("enter", _("Entry of several"), "", multiple=True)
    def enter_ticked(self, rows: Any) -> Response:
        """Lead the ticked drafts and expected workers to the one form of their entry."""
        return redirect(url_for(".enter", rowid=[row.id for row in rows]))

    @action("reassign", _("Change the team of several"), "", multiple=True)
    def reassign_ticked(self, rows: Any) -> Response:
        """Lead the ticked workers to the one form of their change of team."""
        return redirect(url_for(".reassign", rowid=[row.id for row in rows]))

    @expose("/exit", methods=["GET", "POST"])
    @has_access
    def exit(self) -> Any:
        """Record the exit of one or several workers, what they are still owed shown first."""
        return self._moving(MovementKind.EXIT, EXIT_COLUMNS, (StayState.ON_SITE,))

    @expose("/enter", methods=["GET", "POST"])
    @has_access
    def enter(self) -> Any:
        """Record the entry of workers who are drafts or expected."""
        return self._moving(MovementKind.ENTRY, ENTRY_COLUMNS, ENTERING)

    @expose("/reassign", methods=["GET", "POST"])
    @has_access
    def reassign(self) -> Any:
        """调班组: give one or several workers another team from a day on."""
        rows = self.chosen_rows(queries.PRESENT)
        if isinstance(rows, Response):
            return rows
        if len({row.unit_id for row in rows}) > 1:
            flash(gettext("These workers are of several companies: choose those of one"), "danger")
            return redirect(url_for(".list"))
        expected = [row.entry_on for row in rows if row.state is StayState.EXPECTED]
        form = move_form(from_on=min([clock.today(), *expected]) if not expected
                         else max(expected))  # fmt: skip
        form["team_id"].joins = rows[0].unit_id

        def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            moved = services.reassign_workers(project_of(rows), rows, values, actor=actor)
            return Told(line for row in moved for line in row.notices)

        words = gettext("%(names)s: the team is changed", names=names_of(rows))
        return self._step(
            rows, form, MOVE_COLUMNS, save, words=words, title=gettext("Change the team"),
            notice=panels.moving(rows), submit=gettext("Change the team"),
        )  # fmt: skip

    def _moving(self, kind: MovementKind, names: Any, states: Any) -> Any:
        rows = self.chosen_rows(states)
        if isinstance(rows, Response):
            return rows
        leaving, today = kind is MovementKind.EXIT, clock.today()
        form = (
            exit_form(moved_on=today)
            if leaving
            else read_form(form_class(Movement, names), moved_on=today)
        )

        def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            steps = [{**values, "worker": row, "kind": kind} for row in rows]
            services.record_movements(project_of(rows), steps, actor=actor)
            return Told(panels.still_owed(rows, values) if leaving else ())

        notice = panels.leaving(rows, gettext("Workers who leave")) if leaving else None
        return self._step(
            rows, form, names, save, words=moved_words(rows, leaving=leaving), title=kind.label,
            notice=notice, submit=gettext("Confirm the exit") if leaving else None,
        )  # fmt: skip

    def _step(
        self, rows: list[Any], form: BaseForm, names: Any, save: Any, *, words: str, title: Any,
        notice: Any, submit: Any,
    ) -> Any:  # fmt: skip
        target = url_for(".show", pk=rows[0].id) if len(rows) == 1 else url_for(".list")
        done = self.take(form, save, words, target)
        if done is not None:
            return done
        return self.form_page(
            form, [("", names)], f"{title} · {names_of(rows)}", target, form_notice=notice,
            form_extra=kept_rows(rows), **({"submit_label": submit} if submit else {}),
        )  # fmt: skip

    # --- who is meant -----------------------------------------------------------------------

    def chosen_rows(self, states: tuple[StayState, ...]) -> list[Any] | Response:
        """Give the workers an address or a posted form names, or lead back where none can go.

        Every one must be visible and in a state the step begins from; of a filter, those who are.
        """
        rows = self._named_rows() if asked_numbers() else self._filtered_rows(states)
        if not rows and request.args.get("by") != BY_FILTER:
            abort(404)
        if not rows:
            flash(gettext("Nobody the filter finds can make this step now"), "danger")
            return redirect(url_for(".list"))
        if len(rows) > MOST:
            flash(gettext("The filter finds more than %(n)s workers: narrow it", n=MOST), "danger")
            return redirect(url_for(".list", **asked_filters()))
        if any(row.state not in states for row in rows):
            flash(who_cannot(rows, states), "danger")
            return redirect(url_for(".list"))
        return rows

    def _named_rows(self) -> list[Any]:
        numbers = asked_numbers()
        rows = list(db.session.scalars(self._loaded().where(self.model.id.in_(numbers))))
        return rows if len(rows) == len(numbers) else []

    def _loaded(self) -> Any:
        return self.restrict(
            select(self.model).where(self.model.is_deleted.is_(False)).order_by(self.model.id)
        ).limit(MOST)

    def _filtered_rows(self, states: tuple[StayState, ...]) -> list[Any]:
        """Give whom the filters of the address find, once; what is posted names them one by one."""
        if request.method == "POST" or request.args.get("by") != BY_FILTER:
            return []
        found = self.filtered().where(self.model.state.in_(states)).order_by(self.model.id)
        return list(db.session.scalars(found.limit(MOST + 1)))

    def equip(self, fields: Iterable[Any]) -> None:
        """Let the picker of the new team offer those the workers may change to."""
        found = list(fields)
        super().equip(found)  # type: ignore[misc]
        proof = shell.work_in(None) or None
        for field in found:
            if unit_id := getattr(field, "joins", None):
                field.lookup_url = url_for(
                    ".lookup", column="team_id", joins=unit_id, for_project=proof
                )


def asked_filters() -> dict[str, Any]:
    """Give the filters of the address, without what says that they choose the workers."""
    return {name: value for name, value in request.args.to_dict(flat=False).items()
            if name not in NO_FILTER}  # fmt: skip


class Told:
    """What a step gives back: the sentences to tell after it."""

    def __init__(self, notices: Iterable[str]) -> None:
        self.notices = list(notices)


def asked_numbers() -> set[int]:
    """Give the workers the address or the form names."""
    raw = request.args.getlist("rowid")
    if named := request.form.get("rows") or request.args.get("rows"):
        raw = named.split(",")
    return {int(one) for one in raw[: MOST + 1] if one.isdecimal() and len(one) < 18}


def kept_rows(rows: list[Any]) -> Markup:
    """Give the hidden field that keeps whom a form is about."""
    return Markup('<input type="hidden" name="rows" value="{}">').format(
        ",".join(str(row.id) for row in rows)
    )


def who_cannot(rows: list[ProjectWorker], states: tuple[StayState, ...]) -> str:
    """Name who cannot make a step and why, and what to do instead (screens.md 19)."""
    others = [row for row in rows if row.state not in states]
    kept = [row.state for row in others]
    said = gettext(
        "%(names)s cannot make this step in the state “%(state)s”: untick them and try again",
        names=names_of(others),
        state="、".join(dict.fromkeys(str(state.label) for state in kept)),
    )
    if StayState.EXITED in kept and StayState.DRAFT in states:
        said += gettext(". Who has left returns through “Add a worker”, as a new stay")
    return said


def moved_words(rows: list[ProjectWorker], *, leaving: bool) -> str:
    """Say that a step is recorded."""
    if leaving:
        return gettext("The exit of %(names)s is recorded", names=names_of(rows))
    return gettext("The entry of %(names)s is recorded", names=names_of(rows))


def project_of(rows: list[ProjectWorker]) -> Project:
    """Give the one project some workers are on; 404 where they are on several."""
    project = db.session.get(Project, rows[0].project_id)
    if project is None or any(row.project_id != project.id for row in rows):
        abort(404)
    return project


def names_of(rows: list[ProjectWorker]) -> str:
    """Name some workers, of many the first five and their number."""
    shown = "、".join(row.name for row in rows[:5])
    return shown if len(rows) <= 5 else gettext("%(names)s and others (%(n)s in all)",
                                                names=shown, n=len(rows))  # fmt: skip
