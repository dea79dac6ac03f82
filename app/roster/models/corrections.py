"""人员信息更正: a person's name or document put right for the whole city (screens.md 8.5)."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

import app.roster.models.workers  # noqa: F401 - the stay is declared first
from app.core import scope
from app.core.columns import (
    ChoiceOf,
    ChoicesOf,
    Code,
    Date,
    DocumentNumber,
    Documents,
    Flag,
    Instant,
    LongText,
    PersonName,
    Ref,
    State,
    Text,
    column,
)
from app.core.models import ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.roster.choices import (
    FORM_ID_TYPES,
    CorrectedField,
    CorrectionBasis,
    PersonCorrectionState,
)
from app.roster.models.shared import FORM

BEFORE, AFTER = _("Old values"), _("New values")
GROUNDS, OBJECTION = _("Grounds"), _("Objection")
CONCERNED = (
    "concerned_projects && nullif(current_setting('app.projects', true), '')::bigint[]"
    " or concerned_units && nullif(current_setting('app.units', true), '')::bigint[]"
)


def _corrects(field: CorrectedField) -> Callable[[Mapping[str, Any]], bool]:
    def asked(values: Mapping[str, Any]) -> bool:
        return field.name in (values.get("fields") or ())

    return asked


def by_chip(values: Mapping[str, Any]) -> bool:
    """Tell whether the correction rests on the chip of the card."""
    return values.get("basis") in (CorrectionBasis.CHIP, CorrectionBasis.CHIP.name)


def by_paper(values: Mapping[str, Any]) -> bool:
    """Tell whether the correction rests on something that is scanned."""
    return bool(values.get("basis")) and not by_chip(values)


class PersonCorrection(ProjectRow):
    """人员信息更正, asked for by the unit of one stay (screens.md 8.5).

    Units with a live stay elsewhere (``concerned_…``) see it and may object; the proof is read by
    the unit that brought it and by the district of the asking project, which decides.
    """

    __areas__ = (Area.PERSONS,)
    __scope__ = scope.Scope(
        tenant_sees=scope.either(scope.PROJECTS, scope.UNITS, CONCERNED),
        tenant_writes=scope.either(scope.PROJECTS, scope.UNITS),
        government_sees=scope.DISTRICTS,
        government_writes=scope.DISTRICTS,
    )
    __picker__ = ("name",)
    __table_args__ = (
        Index(
            "uq_person_correction_open_person_id", "person_id", unique=True,
            postgresql_where=text("state in ('PENDING', 'DISPUTED') and not is_deleted"),
        ),
        Index(None, "state", "dispute_until"),
        CheckConstraint("state <> 'DISPUTED' or dispute_reason is not null",
                        name="disputed_has_reason"),
    )  # fmt: skip

    worker_id: Mapped[Any] = column(
        Ref("ProjectWorker"), label=_("Worker"), nullable=False, index=True, readonly=True
    )
    person_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Asked for by"), nullable=False, index=True, readonly=True
    )
    name: Mapped[Any] = column(Text(50), label=_("Person"), nullable=False, readonly=True)
    site_name: Mapped[Any] = column(Text(100), label=_("Asked for at"), readonly=True)
    fields: Mapped[Any] = column(
        ChoicesOf(CorrectedField), label=_("What is corrected"), required_at=FORM, section=AFTER,
        help=_("Sex and date of birth are read from an identity number and change with it"),
    )  # fmt: skip

    old_name: Mapped[Any] = column(Text(50), label=_("Name"), section=BEFORE, readonly=True)
    old_birth_on: Mapped[Any] = column(
        Date, label=_("Date of birth"), section=BEFORE, readonly=True
    )
    old_sex: Mapped[Any] = column(Code("gender"), label=_("Sex"), section=BEFORE, readonly=True)
    old_id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type"), section=BEFORE, readonly=True
    )
    old_id_number: Mapped[Any] = column(
        DocumentNumber("old_id_type"), label=_("Document number"), section=BEFORE, readonly=True
    )
    old_nation: Mapped[Any] = column(
        Code("nation"), label=_("Ethnic group"), section=BEFORE, readonly=True
    )

    new_name: Mapped[Any] = column(
        PersonName, label=_("New name"), required_at=FORM, when=_corrects(CorrectedField.NAME),
        section=AFTER,
    )  # fmt: skip
    new_birth_on: Mapped[Any] = column(
        Date(past=True), label=_("New date of birth"), required_at=FORM,
        when=_corrects(CorrectedField.BIRTH_ON), section=AFTER,
    )  # fmt: skip
    new_sex: Mapped[Any] = column(
        Code("gender"), label=_("New sex"), required_at=FORM, when=_corrects(CorrectedField.SEX),
        section=AFTER,
    )  # fmt: skip
    new_id_type: Mapped[Any] = column(
        Code("id_type", only=FORM_ID_TYPES), label=_("New document type"), required_at=FORM,
        when=_corrects(CorrectedField.ID_TYPE), section=AFTER,
    )  # fmt: skip
    new_id_number: Mapped[Any] = column(
        DocumentNumber("new_id_type"), label=_("New document number"), required_at=FORM,
        when=_corrects(CorrectedField.ID_NUMBER), section=AFTER,
    )  # fmt: skip
    new_nation: Mapped[Any] = column(
        Code("nation"), label=_("New ethnic group"), required_at=FORM,
        when=_corrects(CorrectedField.NATION), section=AFTER,
    )  # fmt: skip

    basis: Mapped[Any] = column(
        ChoiceOf(CorrectionBasis), label=_("Grounds of the correction"), required_at=FORM,
        section=GROUNDS,
    )  # fmt: skip
    read_by_chip: Mapped[Any] = column(
        Flag, label=_("Read from the chip"), nullable=False, default=False, section=GROUNDS,
        readonly=True,
    )  # fmt: skip
    reader_no: Mapped[Any] = column(
        Text(50), label=_("Card reader no."), required_at=FORM, when=by_chip, section=GROUNDS
    )
    proof: Mapped[Any] = column(
        Documents(10, identity=True), label=_("Pictures of the document or certificate"),
        required_at=FORM, when=by_paper, section=GROUNDS,
    )  # fmt: skip

    to_district: Mapped[Any] = column(
        Flag, label=_("Hand to the district where the number is another person's"),
        nullable=False, default=False, section=GROUNDS,
        help=_("The district then compares the two and merges them where they are one person"),
    )  # fmt: skip

    dispute_until: Mapped[Any] = column(
        Instant, label=_("Objections until"), section=OBJECTION, readonly=True
    )
    dispute_reason: Mapped[Any] = column(
        LongText(500), label=_("Reason of the objection"), required_at=FORM, section=OBJECTION
    )
    dispute_proof: Mapped[Any] = column(
        Documents(10, identity=True), label=_("Proof of the objection"), section=OBJECTION
    )
    disputed_at: Mapped[Any] = column(
        Instant, label=_("Objected at"), section=OBJECTION, readonly=True
    )
    disputed_site: Mapped[Any] = column(
        Text(100), label=_("Objection from"), section=OBJECTION, readonly=True
    )
    in_force_at: Mapped[Any] = column(Instant, label=_("In force since"), readonly=True)
    concerned_projects: Mapped[Any | None] = mapped_column(ARRAY(BigInteger))
    concerned_units: Mapped[Any | None] = mapped_column(ARRAY(BigInteger))
    state: Mapped[Any] = column(
        State(PersonCorrectionState), label=_("State"), default=PersonCorrectionState.PENDING,
        nullable=False, index=True,
    )  # fmt: skip
