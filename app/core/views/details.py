"""Detail pages: head card, tabs, sections of values, files, the timeline of a flow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from markupsafe import Markup

from app.core import clock, scope, states
from app.core.columns.base import EMPTY, ColumnSpec, specs
from app.core.columns.files import describe_all
from app.core.columns.links import Ref, linked


@dataclass(frozen=True)
class Tab:
    """One tab of a detail page: ``content(row)`` gives what the template reads."""

    name: str
    label: Any
    content: Callable[[Any], dict[str, Any]]
    permission: tuple[str, str] | None = None


_joined: dict[str, list[Tab]] = {}


def join_tab(model: type, tab: Tab) -> None:
    """Put a tab of a higher domain on the detail pages of a lower domain's model."""
    _joined.setdefault(model.__name__, []).append(tab)


class DetailMixin:
    """What a detail page needs; mixed into the base view."""

    model: Any
    flow: states.StateMachine | None = None
    show_sections: list[tuple[Any, list[str]]]
    class_permission_name: Any
    head_numbers: tuple[str, ...] = ()
    exclude_route_methods: set[str]

    def tabs(self, row: Any) -> list[Tab]:  # noqa: ARG002 - subclasses look at the row
        """Give the tabs beyond the first; the first holds the row's own columns."""
        return []

    def arranged(self, found: list[Tab]) -> list[Tab]:
        """Give the tabs in the order they stand in."""
        return found

    def subtitle(self, row: Any) -> Any:  # noqa: ARG002 - subclasses look at the row
        """Give the line under the title of the head card."""
        return ""

    def head_facts(self, row: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Give the numbers of the head card: {label, value, url}."""
        return []

    def show_context(self, row: Any) -> dict[str, Any]:
        """Give everything the detail template needs."""
        describe_all(row)
        found = self.arranged([*self.tabs(row), *_joined.get(self.model.__name__, ())])
        tabs = [t for t in found if t.permission is None
                or scope.current().can(*t.permission)]  # fmt: skip
        wanted = request.args.get("tab", "")
        chosen = next((t for t in tabs if t.name == wanted), None)
        content = chosen.content(row) if chosen else self.own_tab(row)
        return {"head": self.head(row), "tabs": self._tab_links(row, tabs, chosen), **content}

    def _tab_links(self, row: Any, tabs: list[Tab], chosen: Tab | None) -> list[dict[str, Any]]:
        if not tabs:
            return []
        first = {
            "label": gettext("Basics"),
            "url": url_for(".show", pk=row.id),
            "active": chosen is None,
        }
        return [first] + [
            {"label": t.label, "url": url_for(".show", pk=row.id, tab=t.name),
             "active": t is chosen}
            for t in tabs
        ]  # fmt: skip

    def own_tab(self, row: Any) -> dict[str, Any]:
        """Give the sections of the row's own columns and the course of its flow."""
        return {
            "sections": [
                (title, [(specs(self.model)[name].label, self.value(row, name)) for name in wanted
                         if specs(self.model)[name].demanded(_values(row))])
                for title, wanted in self.show_sections
            ],
            "timeline": timeline(row) if self.flow else [],
        }  # fmt: skip

    def value(self, row: Any, name: str) -> Any:
        """Give one value for reading: masked, with a way to see the whole where allowed."""
        spec = specs(self.model)[name]
        if isinstance(spec.kind, Ref):
            return linked(spec, row)
        if spec.kind.sensitive:
            return self._masked(row, spec)
        if spec.kind.identity and not self._may_unmask():
            return spec.kind.cell(spec.value(row)) or EMPTY
        return spec.shown(row)

    def _may_unmask(self) -> bool:
        return scope.current().can("unmask", str(self.class_permission_name))

    def _masked(self, row: Any, spec: ColumnSpec) -> Any:
        shown = spec.masked(row)
        if shown == EMPTY or not self._may_unmask() or "unmask" in self.exclude_route_methods:
            return shown
        return Markup(
            '<span class="masked">{0}</span> <button type="button" class="word"'
            ' data-unmask="{1}">{2}</button>'
        ).format(shown, url_for(".unmask", pk=row.id, column=spec.name), _unmask_word())

    def head(self, row: Any) -> dict[str, Any]:
        """Give the head card."""
        return {
            "title": str(row),
            "subtitle": self.subtitle(row),
            "state_badge": _badge(row),
            "numbers": self.head_facts(row),
            "buttons": self.buttons(row),
        }

    def buttons(self, row: Any) -> list[dict[str, Any]]:
        """Give the buttons by state: editing and the moves the user may make."""
        found = []
        if self.may_edit(row):
            found.append({"label": _edit_word(), "url": url_for(".edit", pk=row.id),
                          "method": "get", "tone": ""})  # fmt: skip
        return found + self.move_buttons(row)

    def may_edit(self, row: Any) -> bool:
        """Tell whether the edit form is offered for this row."""
        raise LookupError(row)  # the base view answers

    def move_buttons(self, row: Any) -> list[dict[str, Any]]:
        """Give a button for each move of the flow; moves with a remark open a dialog."""
        if self.flow is None:
            return []
        return [
            {
                "label": self.move_label(move.verb),
                "url": url_for(".move", pk=row.id, verb=move.verb),
                "method": "get" if move.remark_required else "post",
                "tone": "danger" if move.remark_required else "primary",
                "confirm": None if move.remark_required else self.move_question(move.verb),
            }
            for move in self.flow.open_to(scope.current(), row.state)
        ]

    def move_label(self, verb: str) -> Any:
        """Give the word of a move."""
        from app.core.words import verb_label

        return verb_label(verb)

    def move_question(self, verb: str) -> Any:
        """Give the question asked before a move: what follows from it, where the flow says so."""
        words = self.consequence(verb)
        return words or gettext("%(verb)s: are you sure?", verb=self.move_label(verb))

    def consequence(self, verb: str) -> Any:
        """Give what the flow says about the outcome of a verb, empty where it says nothing."""
        moves = self.flow.transitions if self.flow else ()
        return next((move.consequence for move in moves if move.verb == verb), "")


def timeline(row: Any, nobody: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Give the course of a row's flow: who, when, from, to, what was said.

    ``nobody`` names by verb who makes a move without an account; all else is the system's.
    """
    from app.core.words import people, verb_label

    entries = states.history(row)
    who = people({entry.actor for entry in entries})
    choice = specs(type(row))["state"].kind.choice  # type: ignore[attr-defined]
    return [
        {
            "who": who.get(entry.actor) or (nobody or {}).get(entry.verb) or _door(entry),
            "at": clock.local(entry.at).strftime("%Y-%m-%d %H:%M"),
            "from": choice[entry.state_from].label if entry.state_from else "",
            "to": choice[entry.state_to].label,
            "verb": verb_label(entry.verb),
            "remark": entry.remark,
        }
        for entry in entries
    ]


def _door(entry: Any) -> str:
    """Name who makes a move without an account: a site system, else this one."""
    return gettext("Interface") if entry.door == scope.Door.API else gettext("System")


def _badge(row: Any) -> dict[str, Any] | None:
    state = getattr(row, "state", None)
    return {"label": state.label, "tone": state.tone} if state is not None else None


def _values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in specs(type(row))}


def _edit_word() -> str:
    return gettext("Edit")


def _unmask_word() -> str:
    return gettext("Show whole")
