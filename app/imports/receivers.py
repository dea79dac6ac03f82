"""What other screens ask about imports: their name, and where they are told of."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select

from app.core import scope
from app.core.origins import imports_asked
from app.core.words import people
from app.extensions import db
from app.imports.models import ImportJob
from app.permissions import Area


@imports_asked.connect
def tell(*, numbers: Iterable[int]) -> dict[int, dict[str, str]]:
    """Name imports whose rows the reader sees; lead to those he may open himself."""
    jobs, actor = ImportJob.__table__, scope.current()
    columns = (jobs.c.id, jobs.c.filename, jobs.c.created_by)
    wanted = list(numbers)
    with scope.system_scope("the name of an import whose rows the reader sees") as connection:
        found = connection.execute(select(*columns).where(jobs.c.id.in_(wanted))).all()
    open_to = set(db.session.scalars(select(ImportJob.id).where(ImportJob.id.in_(wanted))))
    who = people({one.created_by for one in found})
    return {
        one.id: {
            "label": gettext("Import no. %(number)s “%(file)s”, uploaded by %(who)s",
                             number=one.id, file=one.filename,
                             who=who.get(one.created_by) or gettext("System")),
            "url": _page(one.id, actor) if one.id in open_to else "",
        }
        for one in found
    }  # fmt: skip


def _page(number: Any, actor: scope.Principal) -> str:
    if actor.audience is scope.Audience.GOVERNMENT:
        if not actor.can("read", Area.AUDIT):
            return ""
        return url_for("ImportEvidenceView.show", pk=number)
    return url_for("TemplatePage.show", pk=number) if actor.can("read", Area.IMPORTS) else ""
