"""What a reviewer ticked and typed to return an application (screens.md 2.4, 4.5)."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import request
from flask_babel import gettext

Given = dict[str, dict[str, str]]
Problem = dict[str, Any]  # name of the control, its address on the page, its label, what it lacks


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


def unexplained(given: Given, label: Callable[[str], str]) -> list[Problem]:
    """Name the ticked fields without a reason, each with the box it is typed into."""
    words = gettext("Say what is wrong with it")
    return [
        {"name": f"reason-{name}", "label": label(name), "text": words}
        for name, one in given.items() if one["mark"] and not one["reason"]
    ]  # fmt: skip


def wordless(field: str) -> list[Problem]:
    """Name the box of the opinion where an application is refused without a word in it."""
    if request.form.get(field, "").strip():
        return []
    label, words = gettext("Opinion of the review"), gettext("Say here why it is refused")
    return [{"name": field, "label": label, "text": words}]
