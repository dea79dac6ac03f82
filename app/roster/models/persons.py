"""人员: one row per identity document in the city."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns import Code, Date, DocumentNumber, Text, column
from app.core.models import Entity


class Person(Entity):
    """人员: one per identity document in the city; written by services only (D2)."""

    __scope__ = scope.Scope(reason="facts of the whole city are answered by services")

    id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type"), nullable=False, default="01"
    )
    id_number: Mapped[Any] = column(DocumentNumber(), label=_("Document number"), nullable=False)
    name: Mapped[Any] = column(Text(50), label=_("Name"), nullable=False)
    former_names: Mapped[Any] = column(Text(200), label=_("Former names"), readonly=True)
    sex: Mapped[Any] = column(Code("gender"), label=_("Sex"))
    birth_on: Mapped[Any] = column(Date(past=True), label=_("Date of birth"))
    nationality: Mapped[Any] = column(
        Code("nationality", long=True), label=_("Nationality or region")
    )
    nation: Mapped[Any] = column(Code("nation"), label=_("Ethnic group"))

    # merged by the district: this row only leads from its number to the person kept (8.5)
    merged_into_id: Mapped[Any | None] = mapped_column(BigInteger, ForeignKey("person.id"))

    __table_args__ = (
        UniqueConstraint("id_number_hash", "id_type"),
        Index(
            "ix_person_merged", "merged_into_id", "id_number_hash",
            postgresql_where=text("merged_into_id is not null"),
        ),
    )  # fmt: skip
