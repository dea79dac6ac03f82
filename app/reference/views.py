"""Screens of the reference domain: options of long lists, dictionaries."""

from functools import partial
from typing import Any

from flask import abort, flash, g, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core import clock, dictionaries
from app.core.views import BaseModelView, BasePage, Computed, Interface, answer, back_or, new_form
from app.core.views.pages import submit
from app.extensions import db
from app.permissions import Area
from app.reference import services
from app.reference.models import DictionaryEntry, DictionaryTable

SIZE = 20


class DictionaryView(BasePage):
    """Answers pickers over long code lists; codes and labels are no secret."""

    route_base = "/dictionary"
    default_view = "options"

    @expose("/<table>")
    def options(self, table: str) -> Any:
        """Give codes whose label or number holds what was typed, twenty at a time.

        A filter asks with ``retired``, for rows may still have what no form offers.
        """
        known = dictionaries.sought if request.args.get("retired") else dictionaries.options
        term = request.args.get("q", "").strip()[:30]
        raw = request.args.get("page", "1")
        first = (max(int(raw), 1) - 1) * SIZE if raw.isdecimal() and len(raw) < 6 else 0
        rows = [
            {"id": code, "text": text}
            for code, label in dictionaries.near_first(table, known(table))
            for text in [_placed(table, code, label)]
            if code.startswith(term) or all(part in text for part in term.split())
        ]
        return jsonify(
            results=rows[first : first + SIZE], pagination={"more": len(rows) > first + SIZE}
        )


def _placed(table: str, code: str, label: str) -> str:
    """Give what a picker shows of a code: where it lies, and the mark of a retired one."""
    return dictionaries.placed(table, code) + label.removeprefix(dictionaries.label(table, code))


class DictionaryEntryView(BaseModelView):
    """字典: the city adds, renames and retires codes of the lists it keeps (screens.md 15)."""

    datamodel = Interface(DictionaryEntry)
    route_base = "/dictionaries"
    class_permission_name = Area.DICTIONARIES
    method_permission_name = {"retire": "write", "restore": "write"}
    list_title = _("Dictionaries")
    add_title = _("New code")
    edit_title = _("Change the labels of a code")
    list_columns = ["label_zh", "list", "code", "wire", "keeper", "status", "valid_to"]
    card_columns = ("label_zh", "list", "status")
    search_columns = ["offered"]
    keyword_columns = ("code", "label_zh", "label_en")
    order_columns = ["code", "label_zh"]
    base_order = ("position", "asc")
    form_sections = [("", ["code", "label_zh", "label_en", "wire", "valid_to"])]
    edit_sections = [("", ["label_zh", "label_en", "wire", "valid_to"])]
    # the list a code belongs to is chosen before, and named in the head; retiring is a verb
    left_out = ("table_name", "offered")
    show_sections = [("", ["label_zh", "code", "label_en", "wire", "offered", "valid_to"])]
    add_service = staticmethod(services.add_code)
    edit_service = staticmethod(services.relabel_code)
    computed = {
        "list": Computed(_("Dictionary"), lambda row, _facts: dictionaries.title(row.table_name)),
        "keeper": Computed(_("Kept by"), lambda row, _facts: _keeper(row)),
        "status": Computed(
            _("In use or retired"),
            lambda row, _facts: gettext("Retired") if is_retired(row) else gettext("In use"),
        ),
    }

    def subtitle(self, row: Any) -> str:
        """Give the list the code belongs to and who keeps it."""
        return f"{dictionaries.title(row.table_name)} · {_keeper(row)}"

    def extra_filters(self) -> list[dict[str, Any]]:
        """Filter by list; the lists the city keeps stand first."""
        rows = db.session.execute(
            select(DictionaryTable.table_name, DictionaryTable.editable).order_by(
                DictionaryTable.editable.desc(), DictionaryTable.table_name
            )
        )
        choices = [
            (name, dictionaries.title(name) if editable
             else gettext("%(title)s (fixed)", title=dictionaries.title(name)))
            for name, editable in rows
        ]  # fmt: skip
        return [{
            "name": "table", "label": gettext("Dictionary"), "kind": "select", "choices": choices,
            "primary": True, "where": lambda raw: DictionaryEntry.table_name == raw,
        }]  # fmt: skip

    def chosen_list(self) -> DictionaryTable | None:
        """Give the list the page is about, None when it shows all."""
        return services.list_named(request.args.get("table", "")[:60])

    def toolbar(self) -> list[dict[str, Any]]:
        """Offer adding once a list of the city's is chosen."""
        known = self.chosen_list()
        if known is None or not known.editable or not self.allowed("write"):
            return []
        return [{"label": gettext("Add a code"), "url": url_for(".add", table=known.table_name),
                 "icon": "plus", "primary": True}]  # fmt: skip

    def row_actions(self, row: Any) -> list[dict[str, Any]]:
        """Give what may be done with a code of an editable list."""
        if not self.may_edit(row):
            return []
        verb, word = ("restore", gettext("Offer again")) if is_retired(row) else (
            "retire", gettext("Retire"))  # fmt: skip
        return [
            {"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)},
            {"label": word, "url": url_for(f".{verb}", pk=row.id, next=request.full_path),
             "method": "post", "danger": verb == "retire",
             "confirm": gettext("%(verb)s: are you sure?", verb=f"{word} {row.label_zh}")},
        ]  # fmt: skip

    def may_edit(self, row: Any) -> bool:
        """Only codes of the city's own lists are changed."""
        return row.table_name in _kept_by_city() and super().may_edit(row)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the form of a new code of the chosen list."""
        known = self.chosen_list()
        if known is None or not known.editable:
            abort(404)
        back = url_for(".list", table=known.table_name)
        form = new_form(self._class_of(self.form_sections, self.form_base))
        if request.method == "POST" and submit(form, partial(services.add_code, known.table_name)):
            flash(gettext("Saved"), "success")
            return redirect(back)
        title = f"{self.add_title}：{dictionaries.title(known.table_name)}"
        return self.form_page(form, self.form_sections, title, back)

    @expose("/retire/<int:pk>", methods=["POST"])
    @has_access
    def retire(self, pk: int) -> Response:
        """Offer a code no longer."""
        answer(services.retire_code, self.row(pk), success=gettext("Saved"))
        return back_or(".list")

    @expose("/restore/<int:pk>", methods=["POST"])
    @has_access
    def restore(self, pk: int) -> Response:
        """Offer a retired code again."""
        answer(services.restore_code, self.row(pk), success=gettext("Saved"))
        return back_or(".list")


def _kept_by_city() -> set[str]:
    """Give the lists the city keeps, read once a request."""
    if "kept_by_city" not in g:
        g.kept_by_city = services.editable_lists()
    return g.kept_by_city


def _keeper(row: DictionaryEntry) -> str:
    """Say whether the city keeps a code's list or the program, where nobody changes it."""
    kept = row.table_name in _kept_by_city()
    return gettext("Kept by the city") if kept else gettext("Fixed by the program")


def is_retired(row: DictionaryEntry) -> bool:
    """Tell whether a code is no longer offered."""
    return not row.offered or (row.valid_to is not None and row.valid_to < clock.today())


PAGES = (DictionaryView,)
