"""更换: requests to put another person on a post only one holds."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped

import app.roster.models.staff  # noqa: F401 - the posts are declared first
from app.core import dictionaries, scope
from app.core.columns import Code, Date, Documents, LongText, Ref, State, column
from app.core.models import ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.roster.choices import REVIEWED_POSTS, ReplacementState
from app.roster.models.shared import FORM, NOT_SAID


def _at_once(values: Mapping[str, Any]) -> bool:
    return values.get("post") not in REVIEWED_POSTS


class PostReplacement(ProjectRow):
    """更换项目经理 or 劳资专管员: with reason and file, the former reviewed (screens.md 8.4).

    ``successor_id`` is a post's row that stays a draft until the replacement is in force.
    """

    __areas__ = (Area.STAFF,)
    __scope__ = scope.by_project_unit(government_writes=True)
    __picker__ = ("post",)

    post: Mapped[Any] = column(Code("post"), label=_("Post"), nullable=False, readonly=True)
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Unit"), nullable=False, index=True, readonly=True
    )
    holder_id: Mapped[Any] = column(
        Ref("StaffMember"), label=_("Present holder"), nullable=False, index=True, readonly=True
    )
    successor_id: Mapped[Any] = column(
        Ref("StaffMember"), label=_("Successor"), nullable=False, readonly=True
    )
    reason: Mapped[Any] = column(
        LongText(500), label=_("Reason of the replacement"), required_at=FORM, wide=True
    )
    proof: Mapped[Any] = column(
        Documents(10), label=_("Proof of the replacement"), required_at=FORM,
        help=_("Such as the appointment, the consent of the owner, the transfer or resignation"),
    )  # fmt: skip
    handover_on: Mapped[Any] = column(
        Date(past=True), label=_("Day of the handover"), required_at=FORM, when=_at_once,
        help=_("The present holder leaves the post on this day and the successor takes it up"),
    )  # fmt: skip
    opinion: Mapped[Any] = column(LongText(500), label=_("Opinion of the review"), readonly=True)
    state: Mapped[Any] = column(
        State(ReplacementState), label=_("State"), default=ReplacementState.SUBMITTED,
        nullable=False, index=True,
    )  # fmt: skip
    # of the successor's new login, shown once to who asked; the row itself is held until then
    initial_password = NOT_SAID
    notices = NOT_SAID

    def __str__(self) -> str:
        return dictionaries.label("post", self.post) if self.post else ""
