"""Queues of an office: a list that shows what waits first, and the other states by tabs."""

from typing import Any, ClassVar

from flask import request, url_for

from app.core.columns import Choice


class QueueMixin:
    """A list of one flow whose rows wait in one state; mixed in before the list it narrows."""

    waiting_state: ClassVar[Choice]
    tab_states: ClassVar[tuple[Choice, ...]] = ()

    def filtered(self: Any) -> Any:
        """Give what waits, unless another state is asked for."""
        query = super().filtered()  # type: ignore[misc]
        if request.args.get("state"):
            return query
        return query.where(self.model.state == self.waiting_state)

    def _saved_filters(self: Any) -> list[dict[str, Any]]:
        chosen = request.args.get("state", self.waiting_state.name)
        return [
            {"label": state.label, "url": url_for(".list", state=state.name),
             "active": state.name == chosen}
            for state in self.tab_states or type(self.waiting_state)
        ] + self.kept_tabs()  # fmt: skip
