"""审计日志 and 查看记录 (screens.md 15): what was changed, and who looked at whole numbers."""

from typing import Any

from flask import abort, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select

from app.approvals import queries, words
from app.core import scope
from app.core.audit import AuditEntry
from app.core.columns import N_, Instant
from app.core.origins import import_of
from app.core.unmasking import UnmaskRecord
from app.core.views import BaseModelView, Computed, Interface
from app.core.words import people
from app.extensions import db
from app.permissions import Area

ACTIONS = {"insert": N_("Added"), "update": N_("Changed"), "delete": N_("Deleted")}
DOORS = {
    "manual": N_("Screen"), "import": N_("Import"), "api": N_("Open interface"),
    "device": N_("Device"), "system": N_("System"),
}  # fmt: skip
LONGEST_NUMBER = 18


def _word(words: dict[str, str], key: str | None) -> str:
    return gettext(words[key]) if key in words else key or ""


def _reason(row: AuditEntry) -> str:
    """Give what a person typed as it is, what the program says in the reader's language."""
    return gettext(row.reason) if row.reason else ""


class AuditView(BaseModelView):
    """审计日志: who, when, from where, which object, before and after, why; nobody edits it."""

    datamodel = Interface(AuditEntry)
    class_permission_name = Area.AUDIT
    list_title = _("Audit log")
    list_columns = ["at", "who", "object", "act", "fields", "why", "way", "address"]
    search_columns = ["at", "reason", "request_id"]
    primary_filters = 1
    order_columns = ["at"]
    base_order = ("at", "desc")
    show_sections = [
        (
            _("Log entry"),
            ["at", "who", "object", "number", "act", "way", "address", "why", "request_id"],
        )
    ]
    # told in words by the computed columns
    left_out = ("table_name", "action", "door", "reason")
    card_columns = ("at", "who", "object", "act")
    empty_text = _("Nothing has been changed in your scope, or the filters leave nothing.")
    computed = {
        "who": Computed(_("Who"), lambda row, facts: facts["people"].get(row.actor)
                        or gettext("System")),
        "object": Computed(_("Object"), lambda row, facts: queries.object_of(row, facts["names"])),
        "number": Computed(_("Number of the record"), lambda row, _facts: row.row_id),
        "why": Computed(_("Reason"), lambda row, _facts: _reason(row)),
        "act": Computed(_("Action"), lambda row, _facts: _word(ACTIONS, row.action)),
        "fields": Computed(_("Fields"), lambda row, _facts: queries.summary(row)),
        "way": Computed(_("Door"), lambda row, _facts: _word(DOORS, row.door)),
    }  # fmt: skip

    def toolbar(self) -> list[dict[str, Any]]:
        """Lead to who has seen whole numbers."""
        label = gettext("Looks at whole numbers")
        return [{"label": label, "url": url_for("LookView.list"), "icon": "audit"}]

    def facts(self, rows: list[Any]) -> dict[str, Any]:
        """Read the names of the people on a page and of the rows it is about."""
        return {"people": people({row.actor for row in rows}), "names": queries.named(rows)}

    def filtered(self) -> Select[Any]:
        """Give the entries asked for; there is no deleted entry to leave out."""
        query = select(AuditEntry).select_from(AuditEntry)  # counted without columns
        for clause in self._clauses():
            query = query.where(clause)
        return query

    def extra_filters(self) -> list[dict[str, Any]]:
        """Filter by person, object, row, action and door."""
        rows = sorted(queries.objects().items(), key=lambda pair: pair[1])
        return [
            {"name": "who", "label": gettext("Who"), "kind": "text", "primary": True,
             "where": queries.by_person},
            {"name": "table", "label": gettext("Object"), "kind": "select", "choices": rows,
             "primary": True, "where": lambda raw: AuditEntry.table_name == raw},
            {"name": "row", "label": gettext("Number of the record"), "kind": "number",
             "where": lambda raw: AuditEntry.row_id == _number(raw)},
            {"name": "act", "label": gettext("Action"), "kind": "select",
             "choices": [(key, gettext(word)) for key, word in ACTIONS.items()],
             "where": lambda raw: AuditEntry.action == raw},
            {"name": "way", "label": gettext("Door"), "kind": "select",
             "choices": [(key, gettext(word)) for key, word in DOORS.items()],
             "where": lambda raw: AuditEntry.door == raw},
        ]  # fmt: skip

    def row(self, pk: Any) -> Any:
        """Load one entry the user may see, or answer 404."""
        found = db.session.scalars(
            select(AuditEntry).where(AuditEntry.id == _number(str(pk)))
        ).one_or_none()
        return found if found is not None else abort(404)

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Any:
        """Show the entry and what it changed, field by field."""
        row = self.row(pk)
        facts = self.facts([row])
        pairs = [
            (self._label(name), self._cell(row, name, facts)["html"])
            for _title, names in self.show_sections
            for name in names
        ]
        if row.door == scope.Door.SHEET and (run := import_of(row.table_name, row.row_id, row.at)):
            pairs.append((gettext("Import"), run))
        title = self.computed["object"].value(row, facts)
        return self.render_template(
            self.show_template, title=title, sections=[(gettext("Log entry"), pairs)],
            head={"title": title, "buttons": [], "subtitle": _word(ACTIONS, row.action)},
            changes=queries.changes(row),
        )  # fmt: skip


class LookView(BaseModelView):
    """查看记录: who saw which whole number or identity picture, when and why (screens.md 0)."""

    datamodel = Interface(UnmaskRecord)
    class_permission_name = Area.AUDIT
    list_title = _("Looks at whole numbers")
    list_columns = ["at", "who", "object", "column", "reason"]
    name_column = "object"
    card_columns = ("at", "who", "object", "column")
    base_order = ("id", "desc")
    show_sections = [(_("Log entry"), ["at", "who", "object", "number", "column", "reason"])]
    empty_text = _("Nobody has looked at a whole number in your scope, or the filters leave"
                   " nothing.")  # fmt: skip
    computed = {
        "at": Computed(_("Time"), lambda row, _facts: Instant().show(row.created_at)),
        "who": Computed(_("Who"), lambda row, facts: facts["people"].get(row.user_id)
                        or gettext("System")),
        "object": Computed(_("Object"), lambda row, facts: queries.object_looked_at(
            row, facts["names"])),
        "number": Computed(_("Number of the record"), lambda row, _facts: row.row_id),
        "column": Computed(_("Field"), lambda row, _facts: words.column_label(
            row.table_name, row.column_name)),
        "reason": Computed(_("Reason"), lambda row, _facts: row.reason),
    }  # fmt: skip

    def facts(self, rows: list[Any]) -> dict[str, Any]:
        """Read the names of the people on a page and of the rows they looked at."""
        return {"people": people({row.user_id for row in rows}), "names": queries.named(rows)}

    def extra_filters(self) -> list[dict[str, Any]]:
        """Filter by person, object and row."""
        rows = sorted(queries.masked_objects().items(), key=lambda pair: pair[1])
        return [
            {"name": "who", "label": gettext("Who"), "kind": "text", "primary": True,
             "where": lambda raw: queries.by_person(raw, UnmaskRecord.user_id)},
            {"name": "table", "label": gettext("Object"), "kind": "select", "choices": rows,
             "primary": True, "where": lambda raw: UnmaskRecord.table_name == raw},
            {"name": "row", "label": gettext("Number of the record"), "kind": "number",
             "where": lambda raw: UnmaskRecord.row_id == _number(raw)},
        ]  # fmt: skip

    def show_context(self, row: Any) -> dict[str, Any]:
        """Show the look with its names in place of numbers."""
        facts = self.facts([row])
        cells = [(self._label(name), self._cell(row, name, facts)["html"])
                 for _title, names in self.show_sections for name in names]  # fmt: skip
        title = self.computed["object"].value(row, facts)
        return {"head": {"title": title, "buttons": [], "subtitle": ""}, "tabs": [],
                "sections": [(gettext("Log entry"), cells)]}  # fmt: skip


def _number(raw: str) -> int:
    return int(raw) if raw.isdecimal() and len(raw) < LONGEST_NUMBER else -1
