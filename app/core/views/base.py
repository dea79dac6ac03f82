"""The routes of the base view: list, detail, add, edit, moves, pickers, export, unmasking."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.actions import action
from flask_appbuilder.models.sqla.filters import SQLAFilterConverter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Select, or_, select
from werkzeug.wrappers import Response

from app.core import scope, sheets, states, unmasking
from app.core.columns.base import specs
from app.core.columns.links import Ref
from app.core.errors import Stale
from app.core.forms import BaseForm, form_class
from app.core.models import Entity, ProjectRow, class_named
from app.core.views import generated
from app.core.views.details import DetailMixin
from app.core.views.lists import ListMixin, _integer
from app.core.views.pages import answer, back_or, download, read_form, submit
from app.extensions import db

Rows = list[dict[str, Any]]
Pairs = list[tuple[str, str]]
Sections = list[tuple[Any, list[str]]]
MOST_TICKED = 500
LOOKUP_SIZE = 20
READ = ("list", "show", "lookup", "export", "keep_columns", "keep_filter")
WRITE = ("add", "edit", "delete")


class Interface(SQLAInterface):
    """The framework's data model; rows are the database's own matter here (D2)."""

    # the columns bring their own filters: the framework's know neither arrays nor encryption
    filter_converter_class = type("NoFilters", (SQLAFilterConverter,), {"conversion_table": ()})


class BaseModelView(ListMixin, DetailMixin, ModelView):
    """A screen over one model. See ``app.core.views`` for what a domain declares.

    ``add_service(values, *, actor)`` and ``edit_service(row, values, *, actor)`` are the verbs
    behind the forms; without them the routes do not exist.
    """

    route_base: str | None = None
    method_permission_name: dict[str, str] = {}
    exclude_route_methods = {"download", "delete", "action", "action_post"}
    search_columns: list[str] = []
    order_columns: list[str] = []
    form_sections: Sections = []
    edit_sections: Sections = []
    form_base: type[BaseForm] = BaseForm
    edit_base: type[BaseForm] | None = None
    add_service: Callable[..., Any] | None = None
    edit_service: Callable[..., Any] | None = None
    add_label: Any = ""
    submit_label: Any = None
    empty_title: Any = ""
    empty_text: Any = ""
    lookups: dict[str, Callable[[dict[str, str]], Select[Any]]] = {}
    answer_columns: dict[str, str] = {}

    def __init__(self, **options: Any) -> None:
        cls = type(self)
        closed = set(cls.exclude_route_methods)
        if cls.add_service is None:
            closed.add("add")
        if cls.edit_service is None:
            closed.add("edit")
        if cls.flow is None:
            closed.add("move")
        self.exclude_route_methods = closed
        self.method_permission_name = {
            **dict.fromkeys(READ, "read"), **dict.fromkeys(WRITE, "write"),
            "move": "read", "unmask": "read", **cls.method_permission_name,
        }  # fmt: skip
        self._name_columns()
        super().__init__(**options)

    def _name_columns(self) -> None:
        """Show what the model declares where the view names nothing (D3)."""
        model = self.datamodel.obj
        if not getattr(self, "list_columns", None):
            self.list_columns = generated.list_columns(model)
            self.search_columns = self.search_columns or generated.filters(model)
        if not self.form_sections:
            self.form_sections = generated.form_sections(model)
        if not getattr(self, "show_sections", None):
            self.show_sections = generated.show_sections(model)

    # --- the framework's start-up, told to leave forms to the columns -------------------------

    def _init_forms(self) -> None:
        self.search_form = self.add_form = self.edit_form = BaseForm
        if not self.edit_sections:
            self.edit_sections = self.form_sections

    def _init_properties(self) -> None:
        searched = list(self.search_columns)
        self.show_columns = [n for _t, names in self.show_sections for n in names] or ["id"]
        self.add_columns = self.edit_columns = ["id"]
        if not self.search_columns:
            self.search_exclude_columns = self.datamodel.get_search_columns_list()
        super()._init_properties()
        self.search_columns = searched
        self.order_columns = list(type(self).order_columns)

    # --- rows -----------------------------------------------------------------------------

    def row(self, pk: Any) -> Any:
        """Load one row the user may see, or answer 404."""
        number = _integer(str(pk), -1)
        found = db.session.scalars(
            self.restrict(
                select(self.model).where(self.model.id == number, self.model.is_deleted.is_(False))
            )
        ).one_or_none()
        if found is None:
            abort(404)
        return found

    def allowed(self, permission: str) -> bool:
        """Tell whether the user holds a permission of this view's area."""
        return scope.current().can(permission, str(self.class_permission_name))

    def may_add(self) -> bool:
        """Tell whether the add form is offered."""
        return type(self).add_service is not None and self.allowed("write")

    def may_edit(self, row: Any) -> bool:  # noqa: ARG002 - subclasses look at the state
        """Tell whether the edit form is offered for this row."""
        return type(self).edit_service is not None and self.allowed("write")

    # --- list -----------------------------------------------------------------------------

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """Show the list."""
        context = self.list_context()
        return self.render_template(
            self.list_template, title=self.list_title, toolbar=self.toolbar(),
            bulk_actions=self.bulk_actions(), empty=self.empty(), **context,
        )  # fmt: skip

    def toolbar(self) -> Rows:
        """Give the buttons on the right of the title."""
        if not self.may_add():
            return []
        return [{"label": self.add_label or gettext("Add"), "url": url_for(".add"),
                 "icon": "plus", "primary": True}]  # fmt: skip

    def bulk_actions(self) -> Rows:
        """Give what may be done with ticked rows."""
        return [
            {"name": name, "label": item.text, "confirm": item.confirmation,
             "url": url_for(".run_action")}
            for name, item in self.actions.items()
            if item.multiple and self.allowed(name)
        ]  # fmt: skip

    def empty(self) -> dict[str, Any]:
        """Say why the list is empty and what to do next."""
        button = self.toolbar()
        return {
            "title": self.empty_title or gettext("No records found"),
            "text": self.empty_text or gettext("Change the filters or add the first record."),
            "button": button[0] if button else None,
        }

    @expose("/columns", methods=["POST"])
    @has_access
    def keep_columns(self) -> Response:
        """Keep the columns the user wants to see on this list."""
        from app.core import preferences

        if request.form.get("reset"):
            preferences.forget(type(self).__name__, "columns", "")
        else:
            chosen = [n for n in request.form.getlist("columns") if n in self.list_columns]
            preferences.keep(type(self).__name__, "columns", chosen)
        db.session.commit()
        return back_or(".list")

    @expose("/filters", methods=["POST"])
    @has_access
    def keep_filter(self) -> Response:
        """Keep the present filter under a name."""
        from app.core import preferences

        name, query = request.form.get("name", "").strip()[:30], request.form.get("query", "")
        if name:
            preferences.keep(type(self).__name__, "filter", query[:2000], name)
            db.session.commit()
        return redirect(f"{url_for('.list')}?{query[:2000]}")

    @expose("/export/")
    @has_access
    def export(self) -> Response:
        """Download the filtered rows as a workbook: masked, marked with user and time."""
        attribute, down, _name = self._order()
        query = self.filtered().options(*self.load_options())
        query = query.order_by(attribute.desc() if down else attribute.asc(), self.model.id)
        rows = list(db.session.scalars(query.limit(sheets.EXPORT_CAP)))
        facts = self.facts(rows)
        head = [str(self._label(name)) for name in self._shown()]
        body = ([_plain(self, row, name, facts) for name in self._shown()] for row in rows)
        content = sheets.workbook(str(self.list_title), head, body)
        return download(content, f"{self.list_title}.xlsx", sheets.MIME)

    # --- detail ---------------------------------------------------------------------------

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Any:
        """Show one row."""
        row = self.row(pk)
        return self.render_template(
            self.show_template, title=str(row), pk=row.id, **self.show_context(row)
        )

    @expose("/unmask/<pk>/<column>", methods=["POST"])
    @has_access
    def unmask(self, pk: str, column: str) -> Any:
        """Answer the whole of a masked value, against a reason."""
        row = self.row(pk)
        if column not in specs(self.model):
            abort(404)
        problem: list[str] = []
        value = self._reveal(row, column, problem)
        return (
            (jsonify(ok=False, message=problem[0]), 400)
            if problem
            else jsonify(ok=True, value=value)
        )

    def _reveal(self, row: Any, column: str, problem: Any) -> str:
        from app.core.errors import Refusal

        try:
            value = unmasking.reveal(
                row, column, area=str(self.class_permission_name),
                reason=request.form.get("reason", ""), actor=scope.current(),
            )  # fmt: skip
            db.session.commit()
        except Refusal as refusal:
            problem.append(str(refusal))
            return ""
        return value

    # --- forms ----------------------------------------------------------------------------

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the form of a new row."""
        if not self.may_add():
            abort(403)
        form = read_form(self._class_of(self.form_sections, self.form_base), **self.defaults())
        if request.method == "POST":
            outcome = submit(form, type(self).add_service)  # type: ignore[arg-type]
            if outcome is not None:
                flash(gettext("Saved"), "success")
                return redirect(self.after_add(outcome))
        return self.form_page(form, self.form_sections, self.add_title, url_for(".list"))

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """Show and take the form of an existing row; a stale form is refused."""
        row = self.row(pk)
        if not self.may_edit(row):
            abort(409)
        base = self.edit_base or self.form_base
        form = read_form(self._class_of(self.edit_sections, base), row)
        if request.method == "POST":
            version = form.row_version.data

            def save(values: dict[str, Any], *, actor: scope.Principal) -> Any:
                if str(row.row_version) != version:
                    raise Stale
                return type(self).edit_service(row, values, actor=actor)  # type: ignore[misc]

            outcome = submit(form, save)
            if outcome is not None:
                flash(gettext("Saved"), "success")
                return redirect(url_for(".show", pk=pk))
        return self.form_page(form, self.edit_sections, self.edit_title, url_for(".show", pk=pk))

    def defaults(self) -> dict[str, Any]:
        """Give what a new form starts with."""
        return {}

    def after_add(self, outcome: Any) -> str:
        """Give where to go after adding."""
        number = getattr(outcome, "id", None)
        return url_for(".show", pk=number) if number else url_for(".list")

    def _class_of(self, sections: Any, base: type[BaseForm]) -> type[BaseForm]:
        wanted = [name for _title, names in sections for name in names if name in specs(self.model)]
        return form_class(self.model, wanted, base=base)

    def form_page(self, form: BaseForm, sections: Any, title: Any, cancel: str) -> str:
        """Render a form by sections."""
        for field in form.columns():
            self.equip(field)
        drawn = [
            (section[0], [form[name] for name in section[1] if name in form], True)
            for section in sections
        ]
        return self.render_template(
            self.add_template, title=title, sections=drawn, form_hidden=form.hidden_tag(),
            submit_label=self.submit_label, cancel_url=cancel, form_errors=form.form_errors,
        )  # fmt: skip

    def equip(self, field: Any) -> None:
        """Give a field its picker address, its chosen row and its answering address."""
        name = field.short_name
        if isinstance(field.kind, Ref):
            field.lookup_url = url_for(".lookup", column=name)
            field.chosen = self.chosen(name, field.typed)
        if name in self.answer_columns:
            field.answer_url = url_for(self.answer_columns[name])

    # --- moves of the flow ------------------------------------------------------------------

    @expose("/move/<verb>/<pk>", methods=["GET", "POST"])
    @has_access
    def move(self, verb: str, pk: str) -> Any:
        """Make one move of the flow; a move that needs words asks for them first."""
        row = self.row(pk)
        if self.flow is None or verb not in {move.verb for move in self.flow.transitions}:
            abort(404)
        if request.method == "GET":
            return self.render_template(
                "ui/remark.html", title=self.move_label(verb), subject=str(row),
                action_url=url_for(".move", pk=pk, verb=verb), cancel_url=url_for(".show", pk=pk),
            )  # fmt: skip
        remark = request.form.get("remark", "").strip()[:500]
        done = answer(self.make_move, verb, row, remark, success=self.moved_words(verb))
        if done is None and remark == "" and self._asks_for_words(verb, row):
            return redirect(url_for(".move", pk=pk, verb=verb))
        return back_or(".show", pk=pk)

    def _asks_for_words(self, verb: str, row: Any) -> bool:
        move = self.flow.transition(verb, row.state) if self.flow else None
        return move is not None and move.remark_required

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Fire the flow; a view whose move is more than that overrides this."""
        machine: states.StateMachine = self.flow  # type: ignore[assignment]
        machine.fire(verb, row, actor=actor, remark=remark)

    def moved_words(self, verb: str) -> str:
        """Say that a move is done."""
        return gettext("%(verb)s: done", verb=self.move_label(verb))

    # --- actions over ticked rows -------------------------------------------------------------

    @expose("/run", methods=["POST"])
    @has_access
    def run_action(self) -> Any:
        """Run an action over ticked rows: all of them visible, or nothing happens."""
        name = request.form.get("action", "")
        numbers = {_integer(raw, -1) for raw in request.form.getlist("rowid")[:MOST_TICKED]}
        if name not in self.actions:
            abort(404)
        if not self.allowed(name):
            abort(403)
        rows = list(
            db.session.scalars(self.restrict(select(self.model).where(self.model.id.in_(numbers))))
        )
        if len(rows) != len(numbers) or not rows:
            abort(404)
        return self.actions[name].func(rows)

    def run(self, service: Callable[..., Any], rows: Any, **options: Any) -> Response:
        """Run a service over rows, commit once, say what happened, go back to the list."""
        answer(service, rows, success=gettext("Done: %(n)s records", n=len(rows)), **options)
        return back_or(".list")

    # --- pickers ----------------------------------------------------------------------------

    @expose("/lookup/<column>")
    @has_access
    def lookup(self, column: str) -> Any:
        """Answer a picker: rows the user may see, twenty at a time."""
        query, model = self._choices(column, request.args.to_dict())
        term, page = request.args.get("q", "").strip()[:50], _integer(request.args.get("page"), 1)
        if term:
            query = query.where(
                or_(*[getattr(model, n).contains(term, autoescape=True) for n in model.__picker__])
            )
        first = (max(page, 1) - 1) * LOOKUP_SIZE
        rows = list(
            db.session.scalars(query.order_by(model.id.desc()).offset(first).limit(LOOKUP_SIZE + 1))
        )
        return jsonify(
            results=[{"id": row.id, "text": str(row)} for row in rows[:LOOKUP_SIZE]],
            pagination={"more": len(rows) > LOOKUP_SIZE},
        )

    def _choices(self, column: str, given: dict[str, str]) -> tuple[Select[Any], type[Entity]]:
        spec = specs(self.model).get(column)
        if spec is None or not isinstance(spec.kind, Ref):
            abort(404)
        model = class_named(spec.kind.model)
        if column in self.lookups:
            return self.lookups[column](given), model
        query = select(model).where(model.is_deleted.is_(False))
        if spec.kind.parent and hasattr(model, spec.kind.parent):
            parent = _integer(given.get(spec.kind.parent), -1)
            query = query.where(getattr(model, spec.kind.parent) == parent)
        elif issubclass(model, ProjectRow) and (project := self.project_id()):
            query = query.where(model.project_id == project)
        return query, model

    def project_id(self) -> int | None:
        """Give the project chosen at the top, where the view works inside one."""
        return None

    def chosen(self, name: str, value: Any) -> Pairs:
        """Give the options of picked rows that are visible."""
        spec = specs(self.model)[name]
        numbers = [_integer(str(v), -1) for v in (value if isinstance(value, list) else [value])]
        if not any(n > 0 for n in numbers):
            return []
        model = class_named(spec.kind.model)  # type: ignore[attr-defined]
        rows = db.session.scalars(select(model).where(model.id.in_(numbers)))
        return [(str(row.id), str(row)) for row in rows]


def _plain(view: BaseModelView, row: Any, name: str, facts: Any) -> Any:
    if name in view.computed:
        value = view.computed[name].value(row, facts)
        return value.striptags() if isinstance(value, Markup) else str(value)
    spec = specs(view.model)[name]
    if isinstance(spec.kind, Ref):
        return str(getattr(row, name.removesuffix("_id"), "") or "")
    return spec.kind.cell(spec.value(row))


__all__ = ["BaseModelView", "Interface", "action"]
