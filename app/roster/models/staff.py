"""现场专业人员 and 管理技术人员 on their posts."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import DateTime, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

import app.roster.models.workers  # noqa: F401 - the stay is declared first
from app.core import scope
from app.core.columns import (
    ChoiceOf,
    Code,
    Codes,
    Date,
    Document,
    DocumentNumber,
    Flag,
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
from app.roster.choices import FORM_ID_TYPES, StaffKind, StaffState
from app.roster.models.shared import (
    BOTH,
    FORM,
    NOT_SAID,
    card_document,
    certified_post,
    chinese,
    other_document,
    with_login,
)


class StaffMember(ProjectRow):
    """现场专业人员 or 管理技术人员 on a post (screens.md 8.4)."""

    __areas__ = (Area.STAFF,)
    __scope__ = scope.by_project_unit()

    worker_id: Mapped[Any] = column(Ref("ProjectWorker"), label=_("Stay"))
    staff_kind: Mapped[Any] = column(
        ChoiceOf(StaffKind), label=_("Kind of staff"), nullable=False, sheet="人员类别"
    )
    post: Mapped[Any] = column(
        Code("post"), label=_("Post"), required_at=BOTH, nullable=False, sheet="岗位", index=True
    )
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Unit"), required_at=BOTH, nullable=False, index=True,
        sheet="所属单位统一社会信用代码",
    )  # fmt: skip
    name: Mapped[Any] = column(
        PersonName, label=_("Name"), required_at=BOTH, nullable=False, sheet="姓名"
    )
    id_type: Mapped[Any] = column(
        Code("id_type", only=FORM_ID_TYPES), label=_("Document type"), required_at=FORM,
        default="01", sheet="证件类型",
    )  # fmt: skip
    id_number: Mapped[Any] = column(
        DocumentNumber(), label=_("Document number"), required_at=BOTH, sheet="证件号码"
    )
    sex: Mapped[Any] = column(
        Code("gender"), label=_("Sex"), required_at=BOTH, when=other_document, sheet="性别"
    )
    birth_on: Mapped[Any] = column(
        Date(past=True), label=_("Date of birth"), required_at=BOTH, when=other_document,
        sheet="出生日期",
    )  # fmt: skip
    nationality: Mapped[Any] = column(
        Code("nationality", long=True), label=_("Nationality or region"), later=True,
        sheet="国籍/地区",
    )  # fmt: skip
    nation: Mapped[Any] = column(
        Code("nation"), label=_("Ethnic group"), later=True, when=chinese, sheet="民族"
    )
    address: Mapped[Any] = column(Text(200), label=_("Home address"), later=True, sheet="住址")
    id_issuer: Mapped[Any] = column(
        Text(100), label=_("Authority of the identity document"), later=True, when=card_document
    )
    id_valid_from: Mapped[Any] = column(Date(past=True), label=_("Document valid from"))
    id_valid_to: Mapped[Any] = column(
        Date, label=_("Document valid to"), help=_("Leave empty for a document without end")
    )
    id_portrait: Mapped[Any] = column(
        Picture(exchanged=True), label=_("Portrait on the identity card"), later=True
    )
    id_front: Mapped[Any] = column(
        Picture(identity=True, exchanged=True),
        label=_("Front of the identity card"),
        later=True,
    )
    id_back: Mapped[Any] = column(
        Picture(identity=True, exchanged=True), label=_("Back of the identity card"), later=True,
        when=card_document,
    )  # fmt: skip
    face_photo: Mapped[Any] = column(Picture(face=True), label=_("Face photo on site"), later=True)
    mobile: Mapped[Any] = column(Mobile, label=_("Mobile"), required_at=BOTH, sheet="手机号码")
    education: Mapped[Any] = column(Code("education"), label=_("Education"))
    politics: Mapped[Any] = column(Code("politics"), label=_("Political affiliation"))
    title_level: Mapped[Any] = column(Code("title_level"), label=_("Professional title"))
    certificate_kind: Mapped[Any] = column(
        Code("cert_kind"), label=_("Kind of the post certificate"), sheet="证书类型"
    )
    certificate_no: Mapped[Any] = column(
        Text(50), label=_("Post certificate no."), required_at=FORM, when=certified_post,
        sheet="岗位证书编号",
    )  # fmt: skip
    certificate_valid_to: Mapped[Any] = column(
        Date, label=_("Post certificate valid to"), required_at=FORM, when=certified_post,
        sheet="证书有效期至",
    )  # fmt: skip
    certificate_file: Mapped[Any] = column(
        Document, label=_("Post certificate (scan)"), required_at=FORM, when=certified_post
    )
    contract_file: Mapped[Any] = column(Document, label=_("Labour contract"))
    social_file: Mapped[Any] = column(Document, label=_("Proof of social insurance"))
    on_post_from: Mapped[Any] = column(
        Date, label=_("On post from"), required_at=BOTH, sheet="到岗日期"
    )
    on_post_to: Mapped[Any] = column(
        Date, label=_("On post to"),
        help=_("The post ends by itself on this day, and its login loses the project"),
    )  # fmt: skip
    has_account: Mapped[Any] = column(
        Flag, label=_("Open a login"), required_at=FORM, nullable=False, default=False,
        help=_("The first password is shown once, after saving"),
    )  # fmt: skip
    username: Mapped[Any] = column(
        Text(32), label=_("Sign-in name"), required_at=FORM, when=with_login, sheet="登录账号",
        help=_("Who has a login of this enterprise keeps it and gets this project added"),
    )  # fmt: skip
    can_write: Mapped[Any] = column(
        Codes("write_area"), label=_("May write"), help=_("Empty: as the post usually may")
    )
    join_reason: Mapped[Any] = column(
        Text(200), label=_("Reason for adding all the same"),
        help=_("Needed when the person stands in an incident"),
    )  # fmt: skip
    user_id: Mapped[Any | None] = mapped_column(Integer)
    state: Mapped[Any] = column(
        State(StaffState), label=_("State"), default=StaffState.DRAFT, nullable=False, index=True
    )
    incomplete: Mapped[Any] = column(
        Flag, label=_("To be completed"), nullable=False, default=False, readonly=True
    )
    complete_by: Mapped[Any] = column(Instant, label=_("Complete by"), readonly=True)
    replaced_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
    replace_reason: Mapped[Any] = column(
        LongText(500), label=_("Reason of the replacement"), readonly=True
    )
    draft_of: Mapped[Any | None] = mapped_column(String(40))
    # the first password of a login opened by this saving: shown once, stored nowhere
    initial_password = NOT_SAID
    notices = NOT_SAID
    stay_made = NOT_SAID
