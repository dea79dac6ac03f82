"""班组: the teams of the units of a project."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Boolean, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns import (
    Code,
    Date,
    Document,
    DocumentNumber,
    Documents,
    Mobile,
    Money,
    PersonName,
    Phone,
    Ref,
    State,
    Text,
    column,
)
from app.core.columns import Integer as Whole
from app.core.columns.base import EMPTY
from app.core.models import ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.roster.choices import FORM_ID_TYPES, TeamState
from app.roster.models.shared import BOTH, EVERYWHERE, NOT_SAID


class PlainNumber(Whole):
    """A number that names something, shown without marks between thousands."""

    numeric = False

    def show(self, value: Any) -> str:
        return EMPTY if value is None else str(value)


class Team(ProjectRow):
    """班组 (screens.md 8.1)."""

    __areas__ = (Area.ROSTER,)
    __scope__ = scope.by_project_unit()

    team_no: Mapped[Any] = column(
        PlainNumber(0, 2_147_483_647),
        label=_("Team no."),
        readonly=True,
        api="teamSysNo",
        index=True,
    )
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Unit"), required_at=BOTH, nullable=False, index=True,
        sheet="所属单位统一社会信用代码",
    )  # fmt: skip
    work_type: Mapped[Any] = column(
        Code("work_type"), label=_("Team trade"), required_at=BOTH, later=True, sheet="班组工种"
    )
    name: Mapped[Any] = column(
        Text(100), label=_("Team name"), required_at=EVERYWHERE, api="teamName", sheet="班组名称",
        nullable=False,
    )  # fmt: skip
    leader_name: Mapped[Any] = column(
        PersonName, label=_("Name of the team leader"), required_at=BOTH, later=True,
        sheet="班组长姓名", api="teamLeaderName",
    )  # fmt: skip
    leader_id_type: Mapped[Any] = column(
        Code("id_type", only=FORM_ID_TYPES), label=_("Document type of the team leader"),
        required_at=("form",), default="01", sheet="班组长证件类型", api="teamLeaderIDCardType",
    )  # fmt: skip
    leader_id_number: Mapped[Any] = column(
        DocumentNumber("leader_id_type"), label=_("Document number of the team leader"),
        required_at=BOTH, later=True, sheet="班组长证件号码", api="teamLeaderIDNumber",
    )  # fmt: skip
    leader_mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile of the team leader"), required_at=BOTH, later=True,
        sheet="班组长电话", api="teamLeaderPhone",
    )  # fmt: skip
    leader_address: Mapped[Any] = column(Text(200), label=_("Address of the team leader"))
    responsible_name: Mapped[Any] = column(
        Text(50),
        label=_("Name of the responsible person"),
        sheet="责任人姓名",
        api="responsiblePersonName",
    )
    responsible_mobile: Mapped[Any] = column(
        Phone, label=_("Telephone of the responsible person"), sheet="责任人电话",
        api="responsiblePersonPhone",
    )  # fmt: skip
    responsible_id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type of the responsible person"),
        api="responsiblePersonIDCardType",
    )  # fmt: skip
    responsible_id_number: Mapped[Any] = column(
        DocumentNumber("responsible_id_type"),
        label=_("Document number of the responsible person"), api="responsiblePersonIDNumber",
    )  # fmt: skip
    contract_scope: Mapped[Any] = column(Text(200), label=_("Scope of the contract"))
    contract_money: Mapped[Any] = column(Money, label=_("Amount of the contract of the team"))
    contract_file: Mapped[Any] = column(Document, label=_("Contract of the team"))
    entry_on: Mapped[Any] = column(
        Date, label=_("Entry date"), required_at=BOTH, sheet="进场日期", api="entryTime"
    )
    exit_on: Mapped[Any] = column(Date, label=_("Exit date"), readonly=True, api="exitTime")
    entry_files: Mapped[Any] = column(
        Documents(5), label=_("Papers of the entry of the team"), api="entryAttachments"
    )
    exit_files: Mapped[Any] = column(
        Documents(5), label=_("Papers of the exit of the team"), api="exitAttachments"
    )
    remark: Mapped[Any] = column(Text(200), label=_("Remark"), sheet="备注", api="remark")
    is_management: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)
    state: Mapped[Any] = column(
        State(TeamState), label=_("State"), default=TeamState.ON_SITE, nullable=False
    )
    # what the form tells after saving, such as the age of the leader
    notices = NOT_SAID

    __table_args__ = (
        Index(
            "uq_team_live_name",
            "project_id",
            "unit_id",
            "name",
            unique=True,
            postgresql_where=text("not is_deleted"),
        ),
        UniqueConstraint("project_id", "team_no"),
    )
