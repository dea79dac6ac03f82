"""What a reviewer ticked and typed to return an application (screens.md 2.4, 4.5)."""

from collections.abc import Iterable

from flask import request

Given = dict[str, dict[str, str]]


def given_marks(names: Iterable[str]) -> Given:
    """Give the posted marks as {field: {mark, reason}}; empty on a fresh page.

    The page draws them again when the decision is refused, so that nothing typed is lost.
    """
    ticked = request.form.getlist("mark")
    reasons = {
        name.removeprefix("reason-"): words.strip()
        for name, words in request.form.items()
        if name.startswith("reason-")
    }
    return {
        name: {"mark": name if name in ticked else "", "reason": reasons.get(name, "")}
        for name in names
        if name in ticked or name in reasons
    }


def marked_reasons(given: Given) -> dict[str, str]:
    """Give the reason by field for what is ticked or has a reason typed beside it."""
    return {name: one["reason"] for name, one in given.items() if any(one.values())}
