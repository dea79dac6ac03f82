"""Forms of the base view: the routes that add and change a row, and how a form is drawn."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy import inspect

from app.core.columns.base import specs
from app.core.columns.links import Ref
from app.core.errors import Closed
from app.core.forms import BaseForm, form_class
from app.core.views import shell
from app.core.views.pages import new_form, read_form, submit, unless_stale

Sections = list[tuple[Any, list[str]]]


class FormMixin:
    """What adding and editing need; mixed into the base view."""

    model: Any
    row: Callable[[Any], Any]
    may_add: Callable[[], bool]
    project_id: Callable[[], int | None]
    may_edit: Callable[[Any], bool]
    chosen: Callable[[str, Any], list[tuple[str, str]]]
    render_template: Callable[..., str]
    add_template: str
    add_title: Any
    edit_title: Any
    form_sections: Sections = []
    edit_sections: Sections = []
    form_base: type[BaseForm] = BaseForm
    edit_base: type[BaseForm] | None = None
    add_service: Callable[..., Any] | None = None
    edit_service: Callable[..., Any] | None = None
    submit_label: Any = None
    answer_columns: dict[str, str] = {}

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the form of a new row."""
        if not self.may_add():
            abort(403)
        form = new_form(
            self._class_of(self.form_sections, self.form_base), project_id=self.project_id(),
            **self.defaults(),
        )  # fmt: skip
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
            raise Closed(str(row))
        sections, base = self.form_to_change(row)
        form = read_form(self._class_of(sections, base), row)
        if request.method == "POST":
            outcome = submit(form, unless_stale(form, row, type(self).edit_service))
            if outcome is not None:
                flash(gettext("Saved"), "success")
                return redirect(url_for(".show", pk=pk))
        return self.form_page(form, sections, self.edit_title, url_for(".show", pk=pk))

    def form_to_change(self, row: Any) -> tuple[Sections, type[BaseForm]]:  # noqa: ARG002
        """Give sections and base of the form a row is changed by, whatever state it is in."""
        return self.edit_sections, self.edit_base or self.form_base

    def defaults(self) -> dict[str, Any]:
        """Give what a new form starts with."""
        return {}

    def after_add(self, outcome: Any) -> str:
        """Give where to go after adding."""
        row = inspect(outcome, raiseerr=False)  # its number is known without reading it again
        return url_for(".show", pk=row.identity[-1]) if row is not None else url_for(".list")

    def _class_of(self, sections: Any, base: type[BaseForm]) -> type[BaseForm]:
        wanted = [name for _title, names in sections for name in names if name in specs(self.model)]
        return form_class(self.model, wanted, base=base)

    def form_page(self, form: BaseForm, sections: Any, title: Any, cancel: str, **more: Any) -> str:
        """Render a form by sections; ``more`` is what else the template reads."""
        self.equip(form.columns())
        drawn = [
            (section[0], [form[name] for name in section[1] if name in form], True)
            for section in sections
        ]
        given = {"submit_label": self.submit_label, "form_errors": form.form_errors, **more}
        return self.render_template(
            self.add_template, title=title, sections=drawn, form_hidden=form.hidden_tag(),
            cancel_url=cancel, **given,
        )  # fmt: skip

    def equip(self, fields: Iterable[Any]) -> None:
        """Give fields their picker addresses, chosen rows and answering addresses."""
        proof, own = shell.work_in(None) or None, specs(self.model)
        for field in fields:
            name = field.short_name
            if isinstance(field.kind, Ref) and name in own:
                field.lookup_url = url_for(".lookup", column=name, for_project=proof)
                field.chosen = self.chosen(name, field.typed)
            if name in self.answer_columns:
                field.answer_url = url_for(self.answer_columns[name], for_project=proof)
