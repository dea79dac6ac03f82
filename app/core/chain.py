"""Evidence 存证: hash chains per project over attendance, payroll, transfers, approvals (D8).

One link is appended for every stored batch, over its rows in their order, under an advisory
lock of the project. A link holds the digest of each row and, in its own digest, that of the
link before it: changing or removing a stored row shows, and so does changing a link or removing
one that others follow. That the newest links of a chain were removed does not show.
Verification reads the rows again through the reader of their kind and names the first that
differs.

A domain registers a kind with a reader, then appends what it has stored::

    @chain.kind("punch")
    def read(project_id, ids): ...  # {id: facts}, only columns that never change
    chain.append(project_id, "punch", {row_id: facts, ...})
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import ARRAY, BigInteger, DateTime, Identity, Integer, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import raw, scope
from app.extensions import db

Facts = Mapping[str, Any]
Reader = Callable[[int, list[int]], Mapping[int, Facts]]
GENESIS = "0" * 64
APPROVAL = "approval"
# what is hashed of a move; never to be changed, or the links that stand no longer hold
MOVE_FACTS = (
    "project_id", "table_name", "row_id", "verb", "state_from", "state_to", "remark", "actor",
    "door", "at", "enterprise_id", "unit_id", "district_code",
)  # fmt: skip
LOCK_SPACE = 7242030
_LOW_BITS = 0xFFFFFFFF

ADD = """
    insert into chain_link (project_id, number, kind, row_ids, row_digests, previous, digest)
    values (%s, %s, %s, %s::bigint[], %s::text[], %s, %s)
"""

_quoted = json.JSONEncoder(ensure_ascii=False).encode
_readers: dict[str, Reader] = {}


class ChainLink(db.Model):  # type: ignore[name-defined,misc]
    """One link: the rows of one stored batch, their digests, and the digest of it all."""

    __tablename__ = "chain_link"
    __scope__ = scope.Scope(reason="evidence is appended and read by services", append_only=True)
    __audited__ = False

    project_id: Mapped[Any] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[Any] = mapped_column(Integer, primary_key=True, autoincrement=False)
    id: Mapped[Any] = mapped_column(BigInteger, Identity(), nullable=False, index=True)
    kind: Mapped[Any] = mapped_column(String(30), nullable=False)
    row_ids: Mapped[Any] = mapped_column(ARRAY(BigInteger), nullable=False)
    row_digests: Mapped[Any] = mapped_column(ARRAY(String(64)), nullable=False)
    previous: Mapped[Any] = mapped_column(String(64), nullable=False)
    digest: Mapped[Any] = mapped_column(String(64), nullable=False)
    at: Mapped[Any] = mapped_column(
        DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()
    )


@dataclass(frozen=True)
class Break:
    """The first place where a chain does not hold."""

    project_id: int
    number: int
    kind: str
    row_id: int | None
    problem: str

    def __str__(self) -> str:
        row = f" row {self.row_id}" if self.row_id is not None else ""
        return f"project {self.project_id} link {self.number} {self.kind}{row}: {self.problem}"


def kind(name: str) -> Callable[[Reader], Reader]:
    """Register how the rows of a kind are read again."""

    def register(reader: Reader) -> Reader:
        _readers[name] = reader
        return reader

    return register


def lock(project_id: int) -> None:
    """Wait for whoever else appends to the chain of this project in a running transaction."""
    db.session.execute(select(func.pg_advisory_xact_lock(_lock_key(project_id))))


def _lock_key(project_id: int) -> int:
    return (LOCK_SPACE << 32) | (project_id & _LOW_BITS)


def append(project_id: int, name: str, rows: Mapping[int, Facts] | Iterable[int]) -> None:
    """Append one link over rows just stored; nothing for no rows.

    ``rows`` are facts by id as they stand in the database, or ids to be read by the reader.
    """
    facts = rows if isinstance(rows, Mapping) else _readers[name](project_id, list(rows))
    append_all(project_id, {name: facts})


def append_all(project_id: int, batches: Mapping[str, Mapping[int, Facts]]) -> None:
    """Append a link for every kind that has rows, under one lock."""
    batches = {name: facts for name, facts in batches.items() if facts}
    if not batches:
        return
    with scope.system_scope("evidence is appended for every stored batch"):
        number, previous = _end(project_id)
        links = []
        for name, facts in batches.items():
            link = _link(project_id, number + 1, name, facts, previous)
            number, previous = link["number"], link["digest"]
            links.append(link)
        for link in links:
            raw.execute(ADD, *link.values())


def _end(project_id: int) -> tuple[int, str]:
    """Wait for the lock, then give number and digest of the last link; one journey for both."""
    project_id = int(project_id)
    answer = raw.execute(
        f"select pg_advisory_xact_lock({_lock_key(project_id)});"
        " select number, digest from chain_link"
        f" where project_id = {project_id} order by number desc limit 1"
    )
    answer.nextset()
    last: tuple[int, str] | None = answer.fetchone()
    return last or (0, GENESIS)


def _link(project_id: int, number: int, name: str, rows: Any, previous: str) -> dict[str, Any]:
    ids = sorted(rows)
    digests = row_digests(ids, rows)
    return {
        "project_id": project_id,
        "number": number,
        "kind": name,
        "row_ids": ids,
        "row_digests": digests,
        "previous": previous,
        "digest": link_digest(project_id, number, name, digests, previous),
    }


def row_digest(row_id: int, facts: Facts) -> str:
    """Give the digest of one row: its number and its facts in the order of their names."""
    text = json.dumps([row_id, {k: _plain(v) for k, v in facts.items()}], sort_keys=True,
                      ensure_ascii=False, separators=(",", ":"))  # fmt: skip
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def row_digests(ids: Iterable[int], rows: Mapping[int, Facts]) -> list[str]:
    """Give the digests of many rows: what several have in common is written once."""
    written: dict[tuple[str, Any], str] = {}

    def part(name: str, value: Any) -> str:
        if isinstance(value, (list, dict)):
            return _part(name, value)
        found = written.get((name, value))
        if found is None:
            found = written[name, value] = _part(name, value)
        return found

    digests: list[str] = []
    names: tuple[str, ...] = ()
    for row_id in ids:
        facts = rows[row_id]
        if len(names) != len(facts) or not all(name in facts for name in names):
            names = tuple(sorted(facts))
        text = ",".join([part(name, facts[name]) for name in names])
        line = f"[{row_id},{{{text}}}]".encode("utf-8", "surrogatepass")
        digests.append(hashlib.sha256(line).hexdigest())
    return digests


def _part(name: str, value: Any) -> str:
    if value is None:
        return f'"{name}":null'
    if type(value) is int:
        return f'"{name}":{value}'
    if type(value) is datetime:
        return f'"{name}":"{value.astimezone(UTC).isoformat()}"'
    if type(value) is str:
        return f'"{name}":{_quoted(value)}'
    whole = {name: _plain(value)}
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))[1:-1]


def link_digest(project_id: int, number: int, name: str, rows: list[str], previous: str) -> str:
    """Give the digest of a link over its place, its rows and the link before it."""
    text = "\n".join([str(project_id), str(number), name, previous, *rows])
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def verify(project_id: int | None = None) -> Break | None:
    """Recompute the chain of one project or of all; give the first break, or None."""
    with scope.system_scope("the chain of evidence is verified"):
        for number in [project_id] if project_id is not None else _projects():
            found = _broken(number)
            if found is not None:
                return found
    return None


def _projects() -> list[int]:
    query = select(ChainLink.project_id).distinct().order_by(ChainLink.project_id)
    return list(db.session.scalars(query))


def _broken(project_id: int) -> Break | None:
    previous = GENESIS
    query = (
        select(ChainLink.__table__)
        .where(ChainLink.project_id == project_id)
        .order_by(ChainLink.number)
    )
    links = db.session.execute(query.execution_options(yield_per=200)).mappings()
    for number, link in enumerate(links, start=1):
        problem = _link_problem(link, number, previous)
        if problem is not None:
            return problem
        previous = link["digest"]
    return None


def _link_problem(link: Any, number: int, previous: str) -> Break | None:
    project_id, name = link["project_id"], link["kind"]
    if link["number"] != number:
        return Break(project_id, number, name, None, "the link is missing")
    digest = link_digest(project_id, number, name, link["row_digests"], previous)
    if link["previous"] != previous or link["digest"] != digest:
        return Break(project_id, number, name, None, "the link was changed")
    found = _readers[name](project_id, list(link["row_ids"]))
    for row_id, kept in zip(link["row_ids"], link["row_digests"], strict=True):
        if row_id not in found:
            return Break(project_id, number, name, row_id, "the row is missing")
        if row_digest(row_id, found[row_id]) != kept:
            return Break(project_id, number, name, row_id, "the row was changed")
    return None


@kind(APPROVAL)
def _moves(project_id: int, ids: list[int]) -> dict[int, Facts]:
    """Read moves of flows from the state log."""
    table = db.metadata.tables["state_log"]
    rows = db.session.execute(
        select(table.c.id, *[table.c[name] for name in MOVE_FACTS]).where(
            table.c.project_id == project_id, table.c.id.in_(ids)
        )
    ).mappings()
    return {row["id"]: {name: row[name] for name in MOVE_FACTS} for row in rows}


audit_group = AppGroup("audit", help="Check the evidence.")


@audit_group.command("verify")
@click.option("--project", "code", default="", help="Only the project of this number.")
@with_appcontext
def verify_command(code: str) -> None:
    """Recompute the chains; exit 1 and name the first broken row if one does not hold."""
    from flask import g

    g.principal = scope.SYSTEM
    project_id = _project_of(code) if code else None
    found = verify(project_id)
    if found is not None:
        click.echo(str(found))
        raise SystemExit(1)
    click.echo("the chain holds")


def _project_of(code: str) -> int:
    table = db.metadata.tables["project"]
    number = db.session.scalar(select(table.c.id).where(table.c.project_no == code))
    if number is None:
        raise click.ClickException(f"there is no project {code}")
    return int(number)
