"""签订、续签劳动合同: one verb for form, sheet and interface (screens.md 8.2, open-api.md 9.7)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import exists, func, or_, select

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.errors import Refusal, refuse_all
from app.core.notices import Notice
from app.extensions import db
from app.projects.models import Project
from app.roster import events
from app.roster.choices import EmploymentType, StayState
from app.roster.errors import DateRefused, NotEditable, PaperRefused
from app.roster.models import Contract, ProjectWorker
from app.roster.queries import papers
from app.roster.services import keyed, rules
from app.roster.services.doors import door_of, missing
from app.roster.services.keyed import Keyed, Recorded

COLUMNS = tuple(name for name in specs(Contract) if name != "worker_id")
OPEN_ENDED = "2"
Values = Mapping[str, Any]


def sign_contracts(
    project: Project, rows: Iterable[Values], *, actor: scope.Principal
) -> list[Recorded]:
    """Put contracts of workers on record, all or none; gives what became of each row, in order.

    A row names its person (``keyed.find``) and holds the columns of ``Contract``. The number and
    the beginning or signing of a known contract correct that contract; anything else is a new
    one. Of all contracts of a stay the one in force stands on the stay, else the next to begin;
    the others are kept as rows of ``Contract``. Refusals carry ``row``.
    """
    found, problems = keyed.find(project, rows, actor=actor)
    door = door_of(actor)
    for row in found:
        row.values = {name: v for name, v in row.values.items() if v not in (None, "", [])}
        whole = _with_defaults(row, project)
        problems += [keyed.at(one, row.index) for one in _problems(row.worker, whole, door)]
    problems += _twice(found)
    refuse_all(problems)
    keyed.compare_names(found)
    others = papers.contracts_beside(row.worker.id for row in found)
    made = [_sign(row, project, others[row.worker.id]) for row in found]
    db.session.flush()
    events.workers_changed.send(workers=[row.worker for row in found], actor=actor)
    return made


def misfits(
    worker: ProjectWorker, project: Project, values: Values, *, actor: scope.Principal
) -> list[Refusal]:
    """Give what a contract with other errors would be refused for, as far as it can tell."""
    whole = _with_defaults(Keyed(0, values, worker), project)
    return list(_problems(worker, whole, door_of(actor)))


def begin_due_contracts(today: date) -> int:
    """Let contracts that begin take the place of those before them; gives how many did."""
    present = func.coalesce(ProjectWorker.contract_from, ProjectWorker.contract_signed_on)
    workers = db.session.scalars(
        select(ProjectWorker).where(
            ProjectWorker.state != StayState.EXITED, ProjectWorker.is_deleted.is_(False),
            exists().where(
                Contract.worker_id == ProjectWorker.id, Contract.is_deleted.is_(False),
                Contract.contract_from <= today,
                or_(Contract.contract_from > present, present > today, present.is_(None)),
            ),
        )
    ).all()  # fmt: skip
    others = papers.contracts_beside(worker.id for worker in workers)
    moved = [worker for worker in workers if settle(worker, others[worker.id])]
    db.session.flush()
    if moved:
        events.workers_changed.send(workers=moved, actor=scope.SYSTEM)
    return len(moved)


def settle(worker: ProjectWorker, others: list[Contract]) -> bool:
    """Let the contract in force, or else the next to begin, stand on the stay."""
    worker.has_contract = has_contract(values_of(worker))
    best = min(others, key=_rank, default=None)
    if best is None or (worker.has_contract and _rank(worker) <= _rank(best)):
        return False
    former, coming = values_of(worker), values_of(best)
    _write(worker, coming)
    if any(former.values()):
        _write(best, former)
    else:
        best.is_deleted = True
        others.remove(best)
    worker.has_contract = has_contract(coming)
    return True


def take_back(recorded: Iterable[tuple[ProjectWorker, Values]], *, actor: scope.Principal) -> None:
    """Undo what ``sign_contracts`` made of rows, given the ``before`` of each, the last first."""
    pairs = list(recorded)
    others = papers.contracts_beside(worker.id for worker, _before in pairs)
    for worker, before in reversed(pairs):
        there = others[worker.id]
        mine = _known(worker, there, before["after"])
        former = before["contract"]
        if mine is not None and former is not None:
            _write(mine, former)
        elif isinstance(mine, Contract):
            mine.is_deleted = True
            there.remove(mine)
        elif mine is not None:
            _write(worker, {} if has_contract(before["stay"]) else before["stay"])
        settle(worker, there)
        keyed.forgive(worker, before)
    db.session.flush()
    events.workers_changed.send(workers=[worker for worker, _before in pairs], actor=actor)


def stands(worker: ProjectWorker, others: list[Contract], before: Mapping[str, Any]) -> bool:
    """Tell whether a contract is still as ``sign_contracts`` left it."""
    mine = _known(worker, others, before["after"])
    return mine is not None and values_of(mine) == _whole(before["after"])


def has_contract(values: Values) -> bool:
    """Tell whether a contract or agreement is on record."""
    return bool(values.get("contract_no") or values.get("contract_signed_on"))


def values_of(row: ProjectWorker | Contract) -> dict[str, Any]:
    """Give a contract by column name, of the stay or of a row beside it."""
    return {name: getattr(row, name) for name in COLUMNS}


def _whole(values: Values) -> dict[str, Any]:
    return {name: values.get(name) for name in COLUMNS}


def _write(row: ProjectWorker | Contract, values: Values) -> None:
    for name in COLUMNS:
        setattr(row, name, values.get(name))


def begins(row: Any) -> date:
    """Give the day a contract begins; the day of its signing stands for one nobody wrote down."""
    return row.contract_from or row.contract_signed_on or date.min


def _rank(row: Any) -> tuple[bool, int]:
    """Order contracts: begun before coming; of those begun the latest, of those coming the next."""
    begin, today = begins(row), clock.today()
    return begin > today, begin.toordinal() if begin > today else -begin.toordinal()


def _with_defaults(row: Keyed, project: Project) -> dict[str, Any]:
    """Give a row with what the stay and the project say where it is silent."""
    present = row.worker
    return {
        "employment_type": present.employment_type or EmploymentType.CONTRACT,
        "contract_pay_day": present.contract_pay_day or project.pay_day,
        **row.values,
    }


def _problems(worker: ProjectWorker, values: Values, door: str) -> Iterator[Refusal]:
    if worker.state is StayState.EXITED:
        yield NotEditable(gettext("This stay has ended and can no longer be changed"))
        return
    yield from missing(Contract, values, door)
    yield from rules.pairs(values)
    signed_on, rate = values.get("contract_signed_on"), values.get("pay_rate")
    if signed_on and signed_on > clock.today():
        yield DateRefused(
            gettext("A contract is signed today at the latest"), field="contract_signed_on"
        )
    if rate is not None and rate <= 0:
        yield PaperRefused(gettext("The pay rate must be more than 0"), field="pay_rate")
    if values.get("contract_term") == OPEN_ENDED and values.get("contract_to"):
        yield PaperRefused(
            gettext("An open-ended contract has no end: leave it empty or choose a fixed term"),
            field="contract_to",
        )


def _twice(found: Iterable[Keyed]) -> Iterator[Refusal]:
    seen: set[tuple[Any, ...]] = set()
    for row in found:
        values = row.values
        key = (row.worker.id, values.get("contract_no"), values.get("contract_from"))
        if key in seen:
            yield keyed.at(
                PaperRefused(
                    gettext("The contract %(number)s of %(name)s stands twice in this list: leave"
                            " one of the rows out", number=values.get("contract_no") or "",
                            name=row.worker.name),
                    field="contract_no",
                ),
                row.index,
            )  # fmt: skip
        seen.add(key)


def _known(
    worker: ProjectWorker, others: Iterable[Contract], values: Values
) -> ProjectWorker | Contract | None:
    """Give the contract on record that a row speaks of again.

    The interface knows no numbers (open-api.md 9.7): there the day it begins says which.
    """
    if not values.get("contract_no") and (begin := values.get("contract_from")):
        return next((row for row in (worker, *others) if row.contract_from == begin), None)
    for row in (worker, *others):
        same_day = (
            row.contract_from == values.get("contract_from")
            or row.contract_signed_on == values.get("contract_signed_on")
        )  # fmt: skip
        if row.contract_no and row.contract_no == values.get("contract_no") and same_day:
            return row
    return None


def _sign(row: Keyed, project: Project, others: list[Contract]) -> Recorded:
    worker = row.worker
    present, stay = _known(worker, others, row.values), values_of(worker)
    if present is not None:
        former = values_of(present)
        after = former | {name: row.values[name] for name in COLUMNS if name in row.values}
        changed = after != former
        if changed:
            _write(present, after)
    else:
        former, after, changed = None, _whole(_with_defaults(row, project)), True
        _add(worker, after, others, row.notices)
    settle(worker, others)
    if changed:
        row.notices += _late(worker, others)
    before = {**row.before, "contract": former, "after": after, "stay": stay}
    return Recorded(worker, former is None, changed, before, row.notices)


def _add(
    worker: ProjectWorker, values: dict[str, Any], others: list[Contract], notices: list[str]
) -> None:
    if not has_contract(values_of(worker)):
        values["contract_files"] = values["contract_files"] or worker.contract_files
        _write(worker, values)
        return
    end = worker.contract_to
    if end and values.get("contract_from") and begins(worker) < values["contract_from"] <= end:
        words = gettext(
            "The present contract runs until %(end)s and the new one begins on %(begin)s:"
            " they overlap", end=end.isoformat(), begin=values["contract_from"].isoformat(),
        )  # fmt: skip
        notices.append(Notice(words, "contract_from"))
    made = Contract(
        project_id=worker.project_id, unit_id=worker.unit_id, worker_id=worker.id, **values
    )
    db.session.add(made)
    others.append(made)


def late_days(worker: ProjectWorker, others: Iterable[Contract] = ()) -> int:
    """Give by how many days the first contract was signed after the first punch (补签 n 天)."""
    signed = [c.contract_signed_on for c in (worker, *others) if c.contract_signed_on]
    if not signed or worker.first_punch_at is None:
        return 0
    return max(0, (min(signed) - clock.local(worker.first_punch_at).date()).days)


def _late(worker: ProjectWorker, others: Iterable[Contract]) -> list[str]:
    days = late_days(worker, others)
    if not days:
        return []
    words = gettext(
        "%(name)s punched first on %(day)s: the contract was signed %(n)s days later, which stays"
        " on record", name=worker.name, n=days,
        day=clock.local(worker.first_punch_at).date().isoformat(),
    )  # fmt: skip
    return [Notice(words, "contract_signed_on")]
