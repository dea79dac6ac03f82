"""Moves of a flow as routes of the base view: the step, and the words it asks for."""

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext

from app.core import scope, states
from app.core.views.pages import answer, back_or

CLOSING = frozenset({"close", "decide", "settle"})  # their words say what was found, not what to do


class MoveMixin:
    """What the moves of a flow need; mixed into the base view."""

    flow: states.StateMachine | None
    row: Callable[[Any], Any]
    move_label: Callable[[str], Any]
    consequence: Callable[[str], Any]
    render_template: Callable[..., str]

    @expose("/move/<verb>/<pk>", methods=["GET", "POST"])
    @has_access
    def move(self, verb: str, pk: str) -> Any:
        """Make one move of the flow; a move that needs words asks for them first.

        404 for a move that is not the user's to make; one that came too late is told in words.
        """
        row = self.row(pk)
        if self.flow is None or not self.flow.offers(scope.current(), verb):
            abort(404)
        if request.method == "GET":
            return self.render_template(
                "ui/remark.html", title=self.move_label(verb), subject=str(row),
                action_url=url_for(".move", pk=pk, verb=verb), cancel_url=url_for(".show", pk=pk),
                consequence=self.consequence(verb), remark_help=self.remark_help(verb),
            )  # fmt: skip
        remark = request.form.get("remark", "").strip()[:500]
        done = answer(self.make_move, verb, row, remark, success=self.moved_words(verb))
        if done is None and remark == "" and self._asks_for_words(verb, row):
            return redirect(url_for(".move", pk=pk, verb=verb))
        return back_or(".show", pk=pk)

    def remark_help(self, verb: str) -> str:
        """Give what the words of a move are to say; those of a return name what is wrong."""
        if verb not in CLOSING:
            return ""
        return gettext("Say what you found and what this rests on; it stays with the record")

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
