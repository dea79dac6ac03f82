"""The base view: its start-up, its rows and rights, list, detail, export, ticked rows."""

from collections.abc import Callable
from typing import Any

from flask import abort, jsonify, request, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.actions import action
from flask_appbuilder.models.sqla.filters import SQLAFilterConverter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.core import generated, scope, unmasking
from app.core.columns.base import specs
from app.core.errors import NotAllowed, Refusal
from app.core.forms import BaseForm
from app.core.views import crumbs
from app.core.views.asked import integer
from app.core.views.details import DetailMixin
from app.core.views.editing import FormMixin
from app.core.views.exports import RowExportMixin
from app.core.views.lists import ListMixin
from app.core.views.moves import MoveMixin
from app.core.views.pages import answer, back_or
from app.core.views.pickers import PickerMixin
from app.extensions import db

Rows = list[dict[str, Any]]
MOST_TICKED = 500
READ = (
    "list", "show", "lookup", "export", "keep_columns", "keep_filter", "drop_filter",
    "rename_filter", "default_filter", "keep_size",
)  # fmt: skip
WRITE = ("add", "edit", "delete")


class Interface(SQLAInterface):
    """The framework's data model; rows are the database's own matter here (D2)."""

    # the columns bring their own filters: the framework's know neither arrays nor encryption
    filter_converter_class = type("NoFilters", (SQLAFilterConverter,), {"conversion_table": ()})


class BaseModelView(
    FormMixin, MoveMixin, PickerMixin, RowExportMixin, ListMixin, DetailMixin, ModelView
):
    """A screen over one model. See ``app.core.views`` for what a domain declares.

    ``add_service(values, *, actor)`` and ``edit_service(row, values, *, actor)`` are the verbs
    behind the forms; without them the routes do not exist.
    """

    route_base: str | None = None
    method_permission_name: dict[str, str] = {}
    exclude_route_methods = {"download", "delete", "action", "action_post"}
    search_columns: list[str] = []
    # what the model declares stands on every page of the view; these only where it names them
    left_out: tuple[str, ...] = ()
    order_columns: list[str] = []
    add_label: Any = ""
    empty_title: Any = ""
    empty_text: Any = ""

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
        """Add to what the view names what the model declares beyond it (D3)."""
        model, left_out = self.datamodel.obj, set(self.left_out)
        shown = getattr(self, "show_sections", None) or []
        changed = self.edit_sections or self.form_sections
        entered = generated.named([*self.form_sections, *changed])
        self._offer(left_out | entered | generated.named(shown))
        self.form_sections, self.edit_sections = (
            generated.completed(one, model, generated.enterable, entered | left_out)
            for one in (self.form_sections, changed)
        )
        self.show_sections = generated.completed(
            shown, model, generated.readable, generated.named(shown) | left_out
        )

    def _offer(self, placed: set[str]) -> None:
        """Offer on the list, as columns and as filters, what has no place on the other pages."""
        model, listed = self.datamodel.obj, list(getattr(self, "list_columns", None) or ())
        names = {*listed, *self.search_columns, *placed} if listed else set(self.left_out)
        columns = generated.unnamed(model, generated.listable, names)
        filters = generated.unnamed(model, generated.filterable, {*names, *self.search_columns})
        self.added_columns = {*columns, *filters} if listed else set()
        self.list_columns = [*listed, *columns]
        self.search_columns = [*self.search_columns, *filters]

    # --- the framework's start-up, told to leave forms to the columns -------------------------

    def _init_forms(self) -> None:
        self.search_form = self.add_form = self.edit_form = BaseForm

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
        """Load one row the user may see, of whatever project, or answer 404."""
        number = integer(str(pk), -1)
        found = db.session.scalars(
            self.restrict(self.kept_rows().where(self.model.id == number))
        ).one_or_none()
        if found is None:
            abort(404)
        crumbs.remember(found, f"{self.endpoint}.show")
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
        """Show the list, with the user's own default filter where nothing is asked for."""
        if (default := self.opens_with()) is not None:
            return default
        context = self.list_context()
        return self.render_template(
            self.list_template, title=self.list_title, toolbar=self.toolbar(),
            bulk_actions=self.bulk_actions(), **context,
            empty=None if context["rows"] else self.nothing(context),
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

    def nothing(self, context: dict[str, Any]) -> dict[str, Any]:
        """Say why this page of the list shows no row: filters, the tab, or there is none."""
        if self.narrowed():
            reset = {"label": gettext("Reset"), "url": context.get("reset_url", request.path)}
            return {
                "title": gettext("Nothing on the list “%(list)s” matches", list=self.list_title),
                "text": gettext("Change the filters, or reset them to see all."),
                "button": reset,
            }
        if tab := self.chosen_tab(context["saved_filters"]):
            return {
                "title": gettext("Nothing stands under “%(tab)s”", tab=tab),
                "text": gettext("Look under the other tabs above."),
            }
        return self.empty()

    def empty(self) -> dict[str, Any]:
        """Say why the list is empty and, to whoever may, what to do next."""
        button = self.toolbar()
        if type(self).add_service is None or self.may_add():
            text = self.empty_text or gettext("Add the first record.")
        else:
            text = gettext("Those in charge have entered nothing here yet.")
        return {
            "title": self.empty_title or gettext("Nothing here yet"),
            "text": text,
            "button": button[0] if button else None,
        }

    @expose("/export/")
    @has_access
    def export(self) -> Response:
        """Download the filtered rows as a workbook: masked, marked with user and time."""
        return self.send_export()

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
        try:
            value = self._reveal(row, column)
        except Refusal as refusal:
            status = 403 if isinstance(refusal, NotAllowed) else 400
            return jsonify(ok=False, message=str(refusal)), status
        return jsonify(ok=True, value=value)

    def _reveal(self, row: Any, column: str) -> str:
        if not self.allowed("unmask"):
            raise NotAllowed
        value = unmasking.reveal(
            row, column, area=str(self.class_permission_name),
            reason=request.form.get("reason", ""), actor=scope.current(),
        )  # fmt: skip
        db.session.commit()
        return value

    # --- actions over ticked rows -------------------------------------------------------------

    @expose("/run", methods=["POST"])
    @has_access
    def run_action(self) -> Any:
        """Run an action over ticked rows: all of them visible, or nothing happens."""
        name = request.form.get("action", "")
        numbers = {integer(raw, -1) for raw in request.form.getlist("rowid")[:MOST_TICKED]}
        if name not in self.actions:
            abort(404)
        if not self.allowed(name):
            abort(403)
        ticked = self.restrict(self.kept_rows().where(self.model.id.in_(numbers)))
        rows = list(db.session.scalars(ticked))
        if len(rows) != len(numbers) or not rows:
            abort(404)
        return self.actions[name].func(rows)

    def run(self, service: Callable[..., Any], rows: Any, **options: Any) -> Response:
        """Run a service over rows, commit once, say what happened, go back to the list."""
        answer(service, rows, success=gettext("Done: %(n)s records", n=len(rows)), **options)
        return back_or(".list")


__all__ = ["BaseModelView", "Interface", "action"]
