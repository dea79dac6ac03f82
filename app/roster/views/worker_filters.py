"""The worker list: filters that stand for no single column, and its tabs (screens.md 8.2)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, and_, func, or_

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.counts import counted
from app.core.views.asked import with_changes
from app.core.views.lists import ListMixin
from app.core.views.paging import capped
from app.core.work_dates import work_date_of
from app.permissions import Area
from app.roster.choices import StayState
from app.roster.models import ProjectWorker
from app.roster.queries import elsewhere
from app.roster.services import ages, special_trades

UNPUNCHED_DAYS = (1, 3, 7, 15)
DOCUMENT_LENGTH = 8  # so many letters and digits are a document's, no worker's own number
# what the tabs stand for: the parameter of the address, its value
EXPECTED, INCOMPLETE, CONFLICTED, ASKED = (
    ("state", StayState.EXPECTED.name), ("incomplete", "1"), ("conflicted", "1"), ("asked", "1"),
)  # fmt: skip


def filters() -> list[dict[str, Any]]:
    """Give 未打卡, and what is lacking: several together are lacking together."""
    lacking = [("contract", gettext("No contract")), ("card", gettext("No wage card")),
               ("training", gettext("Not trained")),
               ("certificate", gettext("No special certificate"))]  # fmt: skip
    return [
        {"name": "unpunched", "label": gettext("No punch for"), "kind": "select",
         "choices": [(str(n), gettext("%(n)s days", n=n)) for n in UNPUNCHED_DAYS],
         "where": unpunched},
        {"name": "lacking", "label": gettext("Lacking"), "kind": "checks", "choices": lacking,
         "where": lacking_all},
        {"name": "over_age", "label": gettext("Age"), "kind": "checks",
         "choices": [("1", gettext("Over age"))], "where": over_age},
        {"name": "asked", "label": gettext("Release of the worker"), "kind": "checks",
         "choices": [("1", gettext("Exit asked for by another site"))], "where": asked},
    ]  # fmt: skip


def keyword(raw: str) -> ColumnElement[bool] | None:
    """Give whom a keyword means: by its shape a name, a worker's number or a whole document.

    Of names and workers' numbers any part is found, of a document the whole number alone.
    """
    spec = specs(ProjectWorker)
    name = or_(
        spec["name"].kind.where(ProjectWorker.name, raw),
        spec["former_names"].kind.where(ProjectWorker.former_names, raw),
    )
    if not any(c.isdigit() for c in raw):
        return name
    number = spec["id_number"].kind.where(ProjectWorker.id_number, raw)
    own = spec["worker_no"].kind.where(ProjectWorker.worker_no, raw)
    if not raw.isascii():
        return or_(name, own)
    return number if len(raw) >= DOCUMENT_LENGTH else or_(number, own)


def unpunched(raw: str) -> ColumnElement[bool] | None:
    """Give those on site whose last punch, or without one whose entry, is so many days ago (8.2).

    Days count, not hours: the work date of the punch against today.
    """
    if not raw.isdecimal() or int(raw) not in UNPUNCHED_DAYS:
        return None
    last = clock.today() - timedelta(days=int(raw))
    seen = func.coalesce(work_date_of(ProjectWorker.last_punch_at), ProjectWorker.entry_on)
    return and_(ProjectWorker.state == StayState.ON_SITE, seen <= last)


def lacking_all(raw: str) -> ColumnElement[bool] | None:
    """Give those who lack each of the named: contract, card, training, certificate."""
    known: dict[str, ColumnElement[bool]] = {
        "contract": ProjectWorker.has_contract.is_(False),
        "card": ProjectWorker.bank_card_no_hash.is_(None),
        "training": ProjectWorker.training_on.is_(None),
    }
    asked = raw.split(",")
    wanted = [known[name] for name in asked if name in known]
    if "certificate" in asked:
        wanted.append(and_(ProjectWorker.state != StayState.EXITED, special_trades.lacks()))
    return and_(*wanted) if wanted else None


def over_age(raw: str) -> ColumnElement[bool] | None:
    """Give those past the general limits of age, men and women apart."""
    if raw != "1":
        return None
    today = clock.today()
    return or_(*(
        and_(ProjectWorker.sex == sex, ProjectWorker.birth_on <= ages.born_by(limit, today))
        for sex, limit in ages.GENERAL_LIMITS.items()
    ))  # fmt: skip


def asked(raw: str) -> ColumnElement[bool] | None:
    """Give those whose exit another site has asked for (释放)."""
    return elsewhere.are_asked() if raw == "1" else None


def tabs(numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """Give all, 待进场, 待补齐 and 数据冲突 as tabs, with the numbers that are known.

    A tab keeps the other filters.
    """
    words = [gettext("Expected"), gettext("To be completed"), gettext("Data conflict")]
    parts = [EXPECTED, INCOMPLETE, CONFLICTED]
    if numbers.get(ASKED[0]) or request.args.get(ASKED[0]):  # only for who is asked
        words.append(gettext("Exit asked for"))
        parts.append(ASKED)
    given = [part for part in parts if request.args.get(part[0]) == part[1]]
    away: dict[str, Any] = dict.fromkeys(("incomplete", "conflicted", "asked", "page", "after"))
    if EXPECTED in given:
        away["state"] = None
    every = {"label": gettext("All"), "url": with_changes(**away), "active": not given}
    found: list[dict[str, Any]] = [{**every, "stands_for": ()}]
    for part, word in zip(parts, words, strict=True):
        url = with_changes(**{**away, part[0]: part[1]})
        found.append({"label": word, "url": url, "active": given == [part],
                      "count": numbers.get(part[0]),
                      "stands_for": part[:1]})  # fmt: skip
    return found


def waiting(rows: Select[Any]) -> dict[str, Select[Any]]:
    """Give the statements that count what the tabs stand for, by the filter of each."""
    conditions = {
        "state": ProjectWorker.state == StayState.EXPECTED,
        "incomplete": ProjectWorker.incomplete, "conflicted": ProjectWorker.conflicted,
        "asked": elsewhere.are_asked(),
    }  # fmt: skip
    return {
        name: rows.where(condition).with_only_columns(func.count()).order_by(None)
        for name, condition in conditions.items()
    }


class FilteredWorkers(ListMixin):
    """The list of workers with its filters and tabs; mixed into its view."""

    def extra_filters(self) -> Any:
        """Give the filters that stand for no single column."""
        return filters()

    def keyword_clause(self, raw: str) -> Any:
        """Look for a name, a worker's number or a document, as the keyword is written."""
        return keyword(raw)

    @property
    def waiting(self) -> dict[str, int]:
        """Give the numbers on the tabs, known once the page was counted within a project."""
        found: dict[str, int] = g.setdefault("workers_waiting", {})
        return found

    def _total(self, query: Any, known: int | None) -> int:
        """Count, together with the page, what waits in the project."""
        if self.project_id() is None:
            return super()._total(query, known)
        asked = waiting(self.within(self.restrict(self.kept_rows())))
        if _reads_corrections():
            asked["corrections"] = elsewhere.corrections_seen()
        total = {} if known is not None else {"total": capped(query)}
        found = counted(**asked, **total)
        known = found.pop("total", known)
        self.waiting.update(found)
        return int(known or 0)

    def _saved_filters(self) -> Any:
        """Give the tabs of what waits, then the kept filters."""
        every, *others = tabs(self.waiting)
        kept = self.kept_tabs()
        by_kept = any(tab["active"] for tab in kept)
        if by_kept or "?" not in every["url"]:  # from a kept filter it leads to all rows
            every["url"] = self.whole_list()
        every["active"] = every["active"] and not by_kept
        return [every, *others, *self._corrections(), *kept]

    def _corrections(self) -> list[dict[str, Any]]:
        """Lead who has corrections of persons waiting to their list (8.5)."""
        number = self.waiting.get("corrections")
        if not number:
            return []
        return [{"label": gettext("Person corrections"), "count": number, "active": False,
                 "url": url_for("PersonCorrectionView.list"), "stands_for": ()}]  # fmt: skip


def _reads_corrections() -> bool:
    actor = scope.current()
    tenant = actor.audience is scope.Audience.TENANT
    return tenant and actor.can("read", str(Area.PERSONS))
