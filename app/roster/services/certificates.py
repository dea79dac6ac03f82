"""证书 of workers: the rows under a form, single ones, and their check (screens.md 8.2)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext

from app.core import clock, generated, scope
from app.core.columns.base import required_message, specs
from app.core.errors import Refusal, refuse_all
from app.core.notices import Notice
from app.extensions import db
from app.projects.models import Project
from app.roster import events
from app.roster.choices import CertCheck, StayState
from app.roster.errors import Missing, NotEditable, PaperRefused, RosterRefusal
from app.roster.models import Certificate, ProjectWorker
from app.roster.queries import papers
from app.roster.services import keyed
from app.roster.services.keyed import Keyed, Recorded

OPEN = tuple(generated.unnamed(Certificate, generated.enterable, {"worker_id"}))
# what a check was about: with any of it changed the check says nothing any more
CHECKED = ("kind", "special_type", "number", "valid_to")
Values = Mapping[str, Any]


def replace_certificates(worker: ProjectWorker, rows: Iterable[Values]) -> None:
    """Bring a worker's certificates to these rows; rows with the same number are kept."""
    wanted = [dict(row) for row in rows if any(row.get(name) for name in OPEN)]
    check(wanted)
    kept = {(row.kind, row.number): row for row in certificates_of(worker)}
    for values in wanted:
        row = kept.pop((values["kind"], values["number"]), None) or _new(worker)
        _write(row, {name: values.get(name) for name in OPEN})
    for gone in kept.values():
        gone.is_deleted = True
    db.session.flush()


def check(rows: Iterable[Values]) -> None:
    """Refuse certificates under a form without kind, number or end, or ended before they began."""
    refuse_all([
        type(problem)(str(problem), field="certificates")
        for values in rows for problem in faults(values)
    ])  # fmt: skip


def faults(values: Values) -> Iterator[RosterRefusal]:
    """Give what is wrong with one certificate, each with its field."""
    for name, spec in specs(Certificate).items():
        if not values.get(name) and name in OPEN and spec.required("form", values):
            yield Missing(required_message(spec), field=name)
    yield from date_faults(values)


def date_faults(values: Values) -> Iterator[RosterRefusal]:
    """Give what is wrong with the dates of one certificate."""
    issued, valid = values.get("issued_on"), values.get("valid_to")
    if issued and issued > clock.today():
        yield PaperRefused(
            gettext("A certificate is issued today at the latest"), field="issued_on"
        )
    if issued and valid and valid < issued:
        yield PaperRefused(
            gettext("The certificate ends before it was issued: check both dates"),
            field="valid_to",
        )


def certificates_of(worker: ProjectWorker) -> list[Certificate]:
    """Give the certificates of a worker, oldest first."""
    return papers.certificates_of([worker.id])[worker.id]


def record_certificates(
    project: Project, rows: Iterable[Values], *, actor: scope.Principal
) -> list[Recorded]:
    """Put certificates of workers on record, all or none; gives what became of each row.

    A row names its person (``keyed.find``) and holds the columns of ``Certificate``. A known
    certificate of the same kind and number is corrected. Refusals carry ``row``.
    """
    found, problems = keyed.find(project, rows, actor=actor)
    for row in found:
        problems += [keyed.at(one, row.index) for one in _problems(row)]
    problems += _twice(found)
    refuse_all(problems)
    keyed.compare_names(found)
    held = {
        (one.worker_id, one.kind, one.number): one
        for group in papers.certificates_of({row.worker.id for row in found}).values()
        for one in group
    }
    made = [_record(row, held.get(_key(row))) for row in found]
    db.session.flush()
    _told([row.worker for row in found], actor)
    return made


def edit_certificate(row: Certificate, values: Values, *, actor: scope.Principal) -> Certificate:
    """Change a certificate; what its check was about, changed, is unchecked again."""
    _open(row, actor)
    merged = {name: getattr(row, name) for name in OPEN} | dict(values)
    others = [one for one in certificates_of(row.worker) if one.id != row.id]
    problems: list[Refusal] = list(faults(merged))
    if any((one.kind, one.number) == (merged["kind"], merged["number"]) for one in others):
        problems.append(
            PaperRefused(
                gettext("The worker has a certificate with this number already: edit that one"),
                field="number",
            )
        )
    refuse_all(problems)
    _write(row, merged)
    db.session.flush()
    _told([row.worker], actor)
    return row


def drop_certificate(row: Certificate, *, actor: scope.Principal) -> None:
    """Remove a certificate recorded by mistake."""
    _open(row, actor)
    row.is_deleted = True
    db.session.flush()
    _told([row.worker], actor)


def verify_certificate(row: Certificate, values: Values, *, actor: scope.Principal) -> Certificate:
    """Note what the check of a certificate with its issuer found, when and by whom."""
    _open(row, actor)
    state, remark = values.get("verify_state"), values.get("verify_remark")
    problems: list[Refusal] = []
    if state is None:
        problems.append(Missing(gettext("Say what the check found"), field="verify_state"))
    elif state in (CertCheck.NOT_FOUND, CertCheck.OTHER_PERSON) and not remark:
        problems.append(Missing(gettext("Say where it was looked up"), field="verify_remark"))
    refuse_all(problems)
    unchecked = state is CertCheck.UNCHECKED
    row.verify_state, row.verify_remark = state, None if unchecked else remark
    row.verified_at = None if unchecked else clock.now()
    row.verified_by = None if unchecked else actor.user_id
    db.session.flush()
    _told([row.worker], actor)
    return row


def take_back(recorded: Iterable[tuple[Certificate, Values]], *, actor: scope.Principal) -> None:
    """Undo what ``record_certificates`` made: remove what was new, restore what was changed."""
    workers = []
    for row, before in recorded:
        for name in (*OPEN, *CHECK):
            if name in before:
                setattr(row, name, before[name])
        row.is_deleted = "number" not in before
        keyed.forgive(row.worker, before)
        workers.append(row.worker)
    db.session.flush()
    _told(workers, actor)


CHECK = ("verify_state", "verify_remark", "verified_at", "verified_by")


def _new(worker: ProjectWorker) -> Certificate:
    row = Certificate(project_id=worker.project_id, unit_id=worker.unit_id, worker_id=worker.id)
    db.session.add(row)
    return row


def _write(row: Certificate, values: Values) -> None:
    """Write values; a changed certificate has not been checked."""
    if row.verify_state not in (None, CertCheck.UNCHECKED) and any(
        name in values and values[name] != getattr(row, name) for name in CHECKED
    ):
        row.verify_state = CertCheck.UNCHECKED
        row.verify_remark = row.verified_at = row.verified_by = None
    for name, value in values.items():
        if name in OPEN:
            setattr(row, name, value)


def _key(row: Keyed) -> tuple[Any, ...]:
    return row.worker.id, row.values.get("kind"), row.values.get("number")


def _problems(row: Keyed) -> Iterator[Refusal]:
    if row.worker.state is StayState.EXITED:
        yield NotEditable(gettext("This stay has ended and can no longer be changed"))
        return
    yield from faults(row.values)


def _twice(found: Iterable[Keyed]) -> Iterator[Refusal]:
    seen: set[tuple[Any, ...]] = set()
    for row in found:
        if _key(row) in seen:
            problem = PaperRefused(
                gettext("The certificate %(number)s of %(name)s stands twice in this list: leave"
                        " one of the rows out", number=row.values.get("number") or "",
                        name=row.worker.name),
                field="number",
            )  # fmt: skip
            yield keyed.at(problem, row.index)
        seen.add(_key(row))


def _record(row: Keyed, known: Certificate | None) -> Recorded:
    given = {name: row.values[name] for name in OPEN if row.values.get(name) not in (None, "")}
    if (row.values.get("valid_to") or clock.today()) < clock.today():
        words = gettext("The certificate %(number)s has expired", number=row.values["number"])
        row.notices.append(Notice(words, "valid_to"))
    if known is None:
        made = _new(row.worker)
        _write(made, given)
        return Recorded(made, True, True, dict(row.before), row.notices)
    before = {name: getattr(known, name) for name in (*OPEN, *CHECK)}
    changed = any(before[name] != value for name, value in given.items())
    if changed:
        _write(known, given)
    return Recorded(known, False, changed, {**before, **row.before}, row.notices)


def _open(row: Certificate, actor: scope.Principal) -> None:
    if row.worker.state is StayState.EXITED or not keyed.keeps(row.worker, actor):
        raise NotEditable(gettext("This stay has ended and can no longer be changed"))


def _told(workers: list[ProjectWorker], actor: scope.Principal) -> None:
    whole = list({worker.id: worker for worker in workers}.values())
    if whole:
        events.workers_changed.send(workers=whole, actor=actor)
