"""访客登记: passes of people who come for a visit and are no workers (screens.md 8.6)."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Index
from sqlalchemy.orm import Mapped

import app.roster.models.staff  # noqa: F401 - the hosts are declared first
from app.core import scope
from app.core.columns import (
    Code,
    DocumentNumber,
    Instant,
    LongText,
    Mobile,
    PersonName,
    Picture,
    Ref,
    State,
    Text,
    column,
)
from app.core.models import ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.roster.choices import FORM_ID_TYPES, VisitState
from app.roster.models.shared import FORM

LONGEST_VISIT = timedelta(days=7)


class VisitorPass(ProjectRow):
    """One visit: who comes, to whom, why, and from when to when, 7 days at most (screens.md 8.6).

    ``unit_id`` is the unit of the host, whose users see the pass beside the general contractor.
    The pass is over at ``valid_to`` without a move, or at ``left_at``, whichever comes first.
    """

    __areas__ = (Area.ROSTER,)
    __scope__ = scope.by_project_unit()

    name: Mapped[Any] = column(PersonName, label=_("Name"), required_at=FORM, nullable=False)
    id_type: Mapped[Any] = column(Code("id_type", only=FORM_ID_TYPES), label=_("Document type"))
    id_number: Mapped[Any] = column(
        DocumentNumber(), label=_("Document number"),
        help=_("With it, punches of this document during the visit are known as a visitor's"),
    )  # fmt: skip
    mobile: Mapped[Any] = column(Mobile, label=_("Mobile"), required_at=FORM, nullable=False)
    company: Mapped[Any] = column(Text(100), label=_("Company of the visitor"))
    host_id: Mapped[Any] = column(
        Ref("StaffMember"), label=_("Host"), required_at=FORM, nullable=False, index=True,
        help=_("A specialist or manager of the project who is on his post"),
    )  # fmt: skip
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Receiving unit"), nullable=False, readonly=True, index=True
    )
    purpose: Mapped[Any] = column(
        LongText(200), label=_("Purpose of the visit"), required_at=FORM, nullable=False
    )
    valid_from: Mapped[Any] = column(
        Instant, label=_("Visit begins"), required_at=FORM, nullable=False
    )
    valid_to: Mapped[Any] = column(
        Instant, label=_("Visit ends"), required_at=FORM, nullable=False,
        help=_("7 days after the beginning at the latest"),
    )  # fmt: skip
    card_no: Mapped[Any] = column(Text(30), label=_("Visitor card no."))
    face_photo: Mapped[Any] = column(Picture(face=True), label=_("Face photo on site"))
    left_at: Mapped[Any] = column(Instant, label=_("Left at"), readonly=True)
    state: Mapped[Any] = column(
        State(VisitState), label=_("State"), default=VisitState.ACTIVE, nullable=False
    )

    __table_args__ = (Index(None, "project_id", "valid_from"),)
