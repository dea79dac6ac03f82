"""人员信息更正: asked for, disputed, withdrawn, decided, put into force (screens.md 8.5)."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select, update

from app.core import clock, scope
from app.core.errors import NotAllowed, NotFound, Refusal, refuse_all
from app.enterprises.models import Enterprise
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.roster import queries
from app.roster.choices import CorrectedField, CorrectionBasis, PersonCorrectionState
from app.roster.errors import CorrectionRefused, Missing, NumberOfAnother
from app.roster.models import Person, PersonCorrection, ProjectWorker
from app.roster.queries import elsewhere
from app.roster.services import carrying
from app.roster.services.doors import document
from app.roster.services.rules import CARD_DOCUMENT
from app.roster.states import PERSON_CORRECTION_FLOW as FLOW

log = logging.getLogger("app.roster")
NOTICE_DAYS = 2  # 异议截止
COLUMNS = {field: field.name.lower() for field in CorrectedField}
HELD_BY_NUMBER = (CorrectedField.SEX, CorrectedField.BIRTH_ON)
OPEN = (PersonCorrectionState.PENDING, PersonCorrectionState.DISPUTED)
DECISIONS = ("approve", "reject")


def ask_correction(
    worker: ProjectWorker, values: Mapping[str, Any], *, actor: scope.Principal
) -> PersonCorrection:
    """Ask for another name or document of a person, from one of his live stays.

    ``values``: fields (names of ``CorrectedField``), new_… for each, basis, reader_no, proof.
    Where no other enterprise has the person on site it is in force at once; else the others read
    it for two days first. A number of another person is refused: the district merges the two.
    """
    _may_ask(worker, actor)
    chosen = [CorrectedField[name] for name in values.get("fields") or ()]
    with scope.system_scope("a correction is compared with what the city knows"):
        known = _known(worker)
        wanted = _wanted(chosen, values)
        refuse_all(list(_problems(worker, known, chosen, wanted, values)))
        clash = _belongs_to_another(worker.person_id, _merged(known, wanted))
        others = _others(worker)
        site = db.session.scalar(select(Project.name).where(Project.id == worker.project_id))
    row = PersonCorrection(
        project_id=worker.project_id, unit_id=worker.unit_id, worker_id=worker.id,
        person_id=worker.person_id, name=known["name"], site_name=site,
        fields=[field.name for field in chosen], basis=values.get("basis"),
        reader_no=values.get("reader_no"), proof=values.get("proof"),
        to_district=bool(values.get("to_district")),
        read_by_chip=values.get("basis") is CorrectionBasis.CHIP,
        concerned_projects=sorted({project for project, _unit in others}) or None,
        concerned_units=sorted({unit for _project, unit in others}) or None,
        dispute_until=clock.now() + timedelta(days=NOTICE_DAYS) if others else None,
        **{f"old_{COLUMNS[field]}": known[COLUMNS[field]] for field in chosen},
        **{f"new_{COLUMNS[field]}": wanted[COLUMNS[field]] for field in chosen},
    )  # fmt: skip
    if CorrectedField.ID_TYPE in chosen:  # the numbers are read as what their kinds make of them
        row.old_id_number = known["id_number"]
    db.session.add(row)
    db.session.flush()
    if clash:
        _hand_over(row)
    elif not others:
        _take_effect(row, actor=actor)
    return row


def _hand_over(row: PersonCorrection) -> None:
    """Let the district decide about a number that is another person's."""
    words = str(NumberOfAnother())
    row.dispute_reason, row.disputed_at = words, clock.now()
    with scope.system_scope("a number of another person goes to the district"):
        FLOW.fire("clash", row, actor=scope.SYSTEM, remark=words)


def _may_ask(worker: ProjectWorker, actor: scope.Principal) -> None:
    if not queries.keeps(worker, actor):
        raise NotFound
    if worker.state not in queries.LIVE:
        raise CorrectionRefused(
            gettext("“%(name)s” has left this project: the unit where he is on site now asks for"
                    " the correction", name=worker.name)
        )  # fmt: skip
    waiting = db.session.scalar(
        select(PersonCorrection.id).where(
            PersonCorrection.person_id == worker.person_id,
            PersonCorrection.state.in_(OPEN), PersonCorrection.is_deleted.is_(False),
        )
    )  # fmt: skip
    if waiting or _waits_elsewhere(worker):
        raise CorrectionRefused(
            gettext("A correction of “%(name)s” waits already: see how it ends first",
                    name=worker.name)
        )  # fmt: skip


def _waits_elsewhere(worker: ProjectWorker) -> bool:
    with scope.system_scope("does a correction of the person wait already"):
        return db.session.scalar(
            select(func.count()).select_from(PersonCorrection).where(
                PersonCorrection.person_id == worker.person_id,
                PersonCorrection.state.in_(OPEN), PersonCorrection.is_deleted.is_(False),
            )
        ) > 0  # type: ignore[operator]  # fmt: skip


def _known(worker: ProjectWorker) -> dict[str, Any]:
    """Give what the city holds of the person, completed from the stay."""
    columns = [getattr(Person, name) for name in COLUMNS.values()]
    row = db.session.execute(
        select(*columns).where(Person.id == worker.person_id)
    ).one()  # fmt: skip
    return {
        name: getattr(row, name) if getattr(row, name) is not None else getattr(worker, name)
        for name in COLUMNS.values()
    }


def _wanted(chosen: list[CorrectedField], values: Mapping[str, Any]) -> dict[str, Any]:
    return {COLUMNS[field]: values.get(f"new_{COLUMNS[field]}") for field in chosen}


def _problems(
    worker: ProjectWorker, known: dict[str, Any], chosen: list[CorrectedField],
    wanted: dict[str, Any], values: Mapping[str, Any],
) -> Iterator[Refusal]:  # fmt: skip
    if not chosen:
        yield Missing(gettext("Choose what is corrected"), field="fields")
        return
    yield from _grounds(values)
    for field in chosen:
        name = COLUMNS[field]
        if wanted[name] in (None, ""):
            yield Missing(gettext("Give the new value"), field=f"new_{name}")
    merged = _merged(known, wanted)
    problem = _document(merged, wanted, chosen)
    if problem is not None:
        yield problem
        return
    for field in chosen:
        name = COLUMNS[field]
        if wanted[name] and wanted[name] == known[name] == getattr(worker, name):
            yield CorrectionRefused(
                gettext("This is the value on file already: nothing to correct"),
                field=f"new_{name}",
            )
        if field in HELD_BY_NUMBER and merged["id_type"] == CARD_DOCUMENT:
            yield CorrectionRefused(
                gettext("The identity number holds it: correct the number, it follows"),
                field=f"new_{name}",
            )
    if not values.get("to_district") and _belongs_to_another(worker.person_id, merged):
        yield NumberOfAnother(asked=True)


def _merged(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {**known, **{name: value for name, value in wanted.items() if value}}


def _grounds(values: Mapping[str, Any]) -> Iterator[Refusal]:
    basis = values.get("basis")
    if basis is None:
        yield Missing(gettext("Say what the correction rests on"), field="basis")
    elif basis is CorrectionBasis.CHIP:
        if not values.get("reader_no"):
            yield Missing(gettext("Give the number of the card reader"), field="reader_no")
    elif not values.get("proof"):
        yield Missing(gettext("Add the pictures of the document or certificate"), field="proof")


def _document(
    merged: dict[str, Any], wanted: dict[str, Any], chosen: list[CorrectedField]
) -> Refusal | None:
    """Bring the number into its stored form; give what is wrong with it."""
    if not {CorrectedField.ID_TYPE, CorrectedField.ID_NUMBER} & set(chosen):
        return None
    number = CorrectedField.ID_NUMBER in chosen
    field = "new_id_number" if number else "new_id_type"
    try:
        merged["id_number"] = document(merged["id_type"], merged["id_number"], field)
    except Refusal as problem:
        return problem
    if number:
        wanted["id_number"] = merged["id_number"]
    return None


def _belongs_to_another(person_id: int, merged: Mapping[str, Any]) -> bool:
    key = queries.key_of(merged["id_type"], merged["id_number"])
    owner = queries.persons([key]).get(key)
    return owner is not None and owner.id != person_id


def _others(worker: ProjectWorker) -> list[tuple[int, int]]:
    """Give project and unit of the person's stays with other enterprises."""
    own = db.session.scalar(
        select(ProjectUnit.enterprise_id).where(ProjectUnit.id == worker.unit_id)
    )
    rows = db.session.execute(
        select(ProjectWorker.project_id, ProjectWorker.unit_id)
        .join(ProjectUnit, ProjectUnit.id == ProjectWorker.unit_id)
        .outerjoin(Enterprise, Enterprise.id == ProjectUnit.enterprise_id)
        .where(
            ProjectWorker.person_id == worker.person_id, ProjectWorker.id != worker.id,
            ProjectWorker.state.in_(queries.PRESENT), ProjectWorker.is_deleted.is_(False),
            ProjectUnit.enterprise_id.is_distinct_from(own),
        )
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


def dispute_correction(
    row: PersonCorrection, values: Mapping[str, Any], *, actor: scope.Principal
) -> PersonCorrection:
    """Object to a correction of a person who is on one's own site; the district decides then."""
    if not is_concerned(row, actor):
        raise NotFound
    reason = str(values.get("dispute_reason") or "").strip()
    if not reason:
        raise Missing(gettext("Give the reason of the objection"), field="dispute_reason")
    if row.dispute_until is not None and row.dispute_until <= clock.now():
        raise CorrectionRefused(
            gettext("The time for objections is over: ask for a correction of your own")
        )
    stay = elsewhere.own_stay(row.person_id, actor)
    with scope.system_scope("an objection of another site goes to the district"):
        if stay is not None:
            row.disputed_site = db.session.scalar(
                select(Project.name).where(Project.id == stay.project_id)
            )
        row.dispute_reason, row.dispute_proof = reason, values.get("dispute_proof")
        row.disputed_at = clock.now()
        FLOW.fire("dispute", row, actor=actor, remark=reason)
    return row


def is_concerned(row: PersonCorrection, actor: scope.Principal) -> bool:
    """Tell whether a correction stands open to a reader's objection: his site has the person."""
    return actor.audience is scope.Audience.TENANT and bool(
        set(row.concerned_projects or ()) & set(actor.projects)
        or set(row.concerned_units or ()) & set(actor.units)
    )


def is_own(row: PersonCorrection, actor: scope.Principal) -> bool:
    """Tell whether a reader's own site has asked for the correction."""
    if actor.audience is scope.Audience.SYSTEM:
        return True
    return row.project_id in actor.projects or row.unit_id in actor.units


def withdraw_correction(row: PersonCorrection, remark: str = "", *, actor: scope.Principal) -> None:
    """Take a correction back before it holds."""
    if not is_own(row, actor):
        raise NotFound
    FLOW.fire("withdraw", row, actor=actor, remark=remark)


def decide_correction(
    row: PersonCorrection, verb: str, remark: str = "", *, actor: scope.Principal
) -> None:
    """Let the district decide a disputed correction; approved it holds at once."""
    if verb not in DECISIONS or actor.audience is scope.Audience.TENANT:
        raise NotAllowed
    if verb == "reject":
        FLOW.fire(verb, row, actor=actor, remark=remark)
        return
    _take_effect(row, actor=actor, verb="approve", remark=remark)


def _take_effect(
    row: PersonCorrection, *, actor: scope.Principal, verb: str = "take_effect", remark: str = ""
) -> None:
    """Put the new values into force for the person and every live stay in the city."""
    FLOW.fire(verb, row, actor=actor if verb == "approve" else scope.SYSTEM, remark=remark)
    row.in_force_at = clock.now()
    changes = {
        COLUMNS[CorrectedField[name]]: getattr(row, f"new_{COLUMNS[CorrectedField[name]]}")
        for name in row.fields
    }
    db.session.flush()
    with scope.system_scope("a correction of a person comes into force"):
        person = db.session.get(Person, row.person_id)
        if person is None:
            raise NotFound
        merged = {name: getattr(person, name) for name in ("id_type", "id_number")} | changes
        if _belongs_to_another(row.person_id, merged):
            raise NumberOfAnother
        carrying.carry(person, changes, chip=bool(row.read_by_chip), reader=row.reader_no)


def put_due_in_force(now: datetime) -> int:
    """Put the corrections nobody objected to into force; gives how many. Safe to run twice."""
    numbers = list(
        db.session.scalars(
            select(PersonCorrection.id)
            .where(
                PersonCorrection.state == PersonCorrectionState.PENDING,
                PersonCorrection.dispute_until <= now, PersonCorrection.is_deleted.is_(False),
            )
            .order_by(PersonCorrection.id)
        )
    )  # fmt: skip
    return sum(_put_in_force(number) for number in numbers)


def _put_in_force(number: int) -> int:
    """Put one correction into force; one that cannot be stops no other."""
    row = db.session.get(PersonCorrection, number)
    if row is None:
        return 0
    try:
        with db.session.begin_nested():
            _take_effect(row, actor=scope.SYSTEM)
    except NumberOfAnother as problem:
        db.session.expire(row)
        db.session.execute(
            update(PersonCorrection)
            .where(PersonCorrection.id == number)
            .values(dispute_reason=str(problem), disputed_at=clock.now())
        )
        FLOW.fire("clash", row, actor=scope.SYSTEM, remark=str(problem))
        return 0
    except Exception as problem:
        log.exception(
            "a correction could not come into force",
            extra={"fields": {"problem": type(problem).__name__}},
        )
        return 0
    return 1
