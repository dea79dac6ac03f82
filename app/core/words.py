"""Words shared by every screen: verbs of flows, names of people behind account numbers."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from sqlalchemy import text

from app.core.columns.codes import N_
from app.extensions import db

VERBS = {
    "create": N_("Create"), "submit": N_("Submit"), "withdraw": N_("Withdraw"),
    "return": N_("Return for changes"), "reject": N_("Refuse"), "approve": N_("Approve"),
    "accept": N_("Accept"), "decline": N_("Decline"), "close": N_("Close"),
    "confirm": N_("Confirm"), "start": N_("Report start of works"), "exit": N_("Exit"),
    "publish": N_("Publish"), "unpublish": N_("Take down"), "acknowledge": N_("Acknowledge"),
    "handle": N_("Handle"), "report": N_("Report"), "cancel": N_("Revoke"),
    "enter": N_("Enter the site"), "disable": N_("Disable"), "enable": N_("Enable"),
    "expire": N_("Expire"), "invite": N_("Invite again"), "register": N_("Register"),
    "suspend": N_("Suspend"), "resume": N_("Resume"),
}  # fmt: skip


def add_verbs(words: dict[str, str]) -> None:
    """Add the verbs of a domain's flows.

    One verb has one word in the whole product, since timelines know no flow; a second word for
    it raises ValueError at the start.
    """
    for verb, word in words.items():
        if VERBS.setdefault(verb, word) != word:
            raise ValueError(f"{verb} says {VERBS[verb]!r} already, not {word!r}")


def verb_label(verb: str) -> str:
    """Give the word of a verb in the reader's language."""
    return gettext(VERBS[verb]) if verb in VERBS else verb


def people(numbers: Iterable[int | None]) -> dict[int | None, str]:
    """Give the names of accounts by their numbers."""
    wanted = [number for number in numbers if number]
    if not wanted:
        return {}
    rows = db.session.execute(
        text("select id, last_name, first_name from ab_user where id = any(:ids)"),
        {"ids": wanted},
    )
    return {row[0]: full_name(row[1], row[2]) for row in rows}


def full_name(last: Any, first: Any) -> str:
    """Join the two parts of an account's name the Chinese way."""
    return f"{last or ''}{first or ''}"
