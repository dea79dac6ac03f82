"""Values of an enterprise as they wait, are compared, and come into force.

What waits in a structure keeps its type by the column it is for; encrypted columns stay
encrypted there too.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import select, update

from app.core import dictionaries, generated, scope, vault
from app.core.columns import Amount, Date, Document, specs
from app.core.columns.base import EMPTY
from app.core.columns.secrets import SecretText
from app.core.files import StoredFile
from app.enterprises.choices import ChangeState
from app.enterprises.models import Enterprise, EnterpriseChange, Qualification
from app.extensions import db

CITY = "440700"
QUALIFICATION_FIELDS = tuple(
    generated.unnamed(Qualification, generated.enterable, {"enterprise_id"})
)


def pack(model: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give values as a structure the database can keep as JSON; numbers stay encrypted."""
    return {name: _packed(specs(model)[name].kind, value) for name, value in values.items()}


def _packed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, SecretText):
        return vault.current().encrypt(value)
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def unpack(model: type, packed: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values back in the types of their columns."""
    return {name: _unpacked(specs(model)[name].kind, value) for name, value in packed.items()}


def _unpacked(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, SecretText):
        return vault.current().decrypt(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Amount):
        return Decimal(value)
    return value


def shown(model: type, name: str, packed: Any) -> Any:
    """Give a waiting value as people read it, masked where it is personal."""
    kind = specs(model)[name].kind
    return kind.mask(_unpacked(kind, packed))


def summary(row: Mapping[str, Any] | None) -> Any:
    """Give a waiting qualification in one cell."""
    if row is None:
        return EMPTY
    parts = [
        shown(Qualification, name, row.get(name))
        for name in QUALIFICATION_FIELDS
        if row.get(name) is not None
    ]
    return Markup("<br>").join(escape(part) for part in parts)


def qualifications_of(enterprise_id: int) -> list[Qualification]:
    """Give the qualifications in force, in the order they were entered."""
    return list(
        db.session.scalars(
            select(Qualification)
            .where(
                Qualification.enterprise_id == enterprise_id, Qualification.is_deleted.is_(False)
            )
            .order_by(Qualification.id)
        )
    )


def packed_qualifications(enterprise_id: int) -> list[dict[str, Any]]:
    """Give the qualifications in force as a structure."""
    return [
        pack(Qualification, {name: getattr(row, name) for name in QUALIFICATION_FIELDS})
        for row in qualifications_of(enterprise_id)
    ]


def packed_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give qualifications as they were entered as a structure."""
    return [pack(Qualification, {n: row.get(n) for n in QUALIFICATION_FIELDS}) for row in rows]


def district_of(region_code: str) -> str:
    """Give the office that reviews: the region's own, the city's for firms from elsewhere."""
    return region_code if region_code in dictionaries.codes("district") else CITY


def file_numbers(model: type, values: Mapping[str, Any]) -> set[int]:
    """Give the numbers of the files among values."""
    found: set[int] = set()
    for name, value in values.items():
        if isinstance(specs(model)[name].kind, Document) and value:
            found |= set(value) if isinstance(value, (list, tuple)) else {value}
    return found


def put_in_force(
    row: Enterprise, values: Mapping[str, Any], *, change_id: int | None = None
) -> None:
    """Write values to an enterprise and take over files that waited with a change.

    Runs in system scope: the services that call it have checked who may do this.
    """
    _hand_over(
        file_numbers(Enterprise, values), [("enterprise_change", change_id)], "enterprise", row.id
    )
    for name, value in values.items():
        setattr(row, name, value)
    if "region_code" in values:
        row.district_code = district_of(values["region_code"])
        _move_rows(row)
    db.session.flush()


def _move_rows(row: Enterprise) -> None:
    """Let certificates, requests and their files follow an enterprise to another district."""
    files = StoredFile.__table__
    moved = {"district_code": row.district_code}
    kept = [Qualification.__tablename__, EnterpriseChange.__tablename__]
    for name in kept:
        table = db.metadata.tables[name]
        db.session.execute(update(table).where(table.c.enterprise_id == row.id).values(moved))
    db.session.execute(
        update(files)
        .where(
            files.c.enterprise_id == row.id,
            files.c.owner_table.in_([*kept, Enterprise.__tablename__]),
        )
        .values(moved)
    )


def take_over(numbers: set[int], change: EnterpriseChange) -> None:
    """Give a request the files of the returned requests of its enterprise that it names again."""
    returned = select(EnterpriseChange.id).where(
        EnterpriseChange.enterprise_id == change.enterprise_id,
        EnterpriseChange.state == ChangeState.RETURNED,
    )
    former: list[tuple[str, int | None]] = [
        (EnterpriseChange.__tablename__, number) for number in db.session.scalars(returned)
    ]
    _hand_over(numbers, former, EnterpriseChange.__tablename__, change.id)


def replace_qualifications(
    row: Enterprise, rows: Iterable[Mapping[str, Any]], *, change_id: int | None = None
) -> None:
    """Write the qualifications anew; scans of the former rows go over to the new ones."""
    former = qualifications_of(row.id)
    for old in former:
        old.is_deleted = True
    sources = [("enterprise_change", change_id)] + [("qualification", old.id) for old in former]
    for values in rows:
        scans = {n: values.get(n) for n in ("extension_file", "file")}
        plain = {n: values.get(n) for n in QUALIFICATION_FIELDS if n not in scans}
        fresh = Qualification(enterprise_id=row.id, district_code=row.district_code, **plain)
        db.session.add(fresh)
        db.session.flush()
        _hand_over(file_numbers(Qualification, scans), sources, "qualification", fresh.id)
        for name, value in scans.items():
            setattr(fresh, name, value)
    db.session.flush()


def _hand_over(
    numbers: set[int], sources: list[tuple[str, int | None]], table: str, row_id: int
) -> None:
    """Give files of the named rows to another row; files of any other row stay where they are."""
    if not numbers:
        return
    with scope.system_scope("scans go over to the row that is in force") as connection:
        for owner, owner_id in sources:
            if owner_id is not None:
                connection.execute(
                    update(StoredFile.__table__)
                    .where(
                        StoredFile.id.in_(numbers), StoredFile.owner_table == owner,
                        StoredFile.owner_id == owner_id,
                    )
                    .values(owner_table=table, owner_id=row_id, owner_column=None)
                )  # fmt: skip
