"""Tables of the open interface: clients, outcomes of writes, the call log."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import addresses, checks, scope
from app.core.columns import (
    ChoiceOf,
    CreditCode,
    Date,
    Flag,
    Instant,
    Integer,
    Json,
    Kind,
    LongText,
    Phone,
    SecretText,
    State,
    Text,
    column,
)  # fmt: skip
from app.core.models import Entity, ProjectRow
from app.openapi.choices import ClientState, Content, Environment, Outcome

FORM = ("form",)
VENDOR, ACCESS = _("Vendor and software"), _("Access")
KEY_LENGTH = 32
MOST_KEPT = 200_000  # characters of a request in the trial environment


class Contents(Kind):
    """对接内容: several members of ``Content``."""

    control = "multiselect"

    def sql(self) -> Any:
        return ARRAY(String(20))

    def clean(self, raw: Any) -> list[str] | None:
        parts = raw if isinstance(raw, (list, tuple)) else str(raw).split(",")
        chosen = {ChoiceOf(Content).clean(part) for part in parts if str(part).strip()}
        return [member.name for member in Content if member in chosen] or None

    def text(self, value: Any) -> Any:
        return list(value or [])

    def show(self, value: Any) -> str:
        return "、".join(Content[name].label for name in value or []) or "—"

    def choices(self) -> list[tuple[str, str]]:
        return [(member.name, member.label) for member in Content]


class AddressRanges(LongText):
    """IP白名单: one address or CIDR range a line."""

    def clean(self, raw: Any) -> str | None:
        text_ = super().clean(raw)
        if text_:
            addresses.ip_ranges(text_)
        return text_


class PublicAddress(Text):
    """回调地址: https, and no address of a private network."""

    def clean(self, raw: Any) -> str | None:
        text_ = super().clean(raw)
        return addresses.https_url_public(text_) if text_ else None


class CorpKey(SecretText):
    """厂商密钥: the 32 characters behind the maker's proof (open-api.md 4.3); never shown again."""

    control = "password"
    starred = False

    def text(self, value: Any) -> str:  # noqa: ARG002 - what is kept stays where nothing is typed
        return ""

    def clean(self, raw: Any) -> str | None:
        key = str(raw).strip()
        if key and (len(key) != KEY_LENGTH or not key.isascii()):
            raise checks.Invalid(_("The vendor's key has 32 ASCII characters"))
        return key or None


class ApiClient(ProjectRow):
    """接入方: one site system of one project (screens.md 7.1).

    The secret is encrypted, never hashed: signing and decryption need it back.
    """

    __scope__ = scope.by_project()
    __picker__ = ("vendor_name",)

    enabled: Mapped[Any] = column(
        Flag, label=_("Interface enabled"), required_at=FORM, nullable=False, default=True,
        section=ACCESS,
    )  # fmt: skip
    vendor_name: Mapped[Any] = column(
        Text(100), label=_("Vendor"), required_at=FORM, nullable=False, section=VENDOR
    )
    vendor_credit_code: Mapped[Any] = column(
        CreditCode, label=_("Credit code of the vendor"), section=VENDOR
    )
    vendor_contact: Mapped[Any] = column(
        Text(50), label=_("Technical contact"), required_at=FORM, section=VENDOR
    )
    vendor_mobile: Mapped[Any] = column(
        Phone, label=_("Telephone of the contact"), required_at=FORM, section=VENDOR
    )
    software: Mapped[Any] = column(Text(100), label=_("Software"), required_at=FORM, section=VENDOR)
    software_version: Mapped[Any] = column(
        Text(100), label=_("Software version"), required_at=FORM, section=VENDOR
    )
    corp_key: Mapped[Any] = column(
        CorpKey(KEY_LENGTH), label=_("Key of the vendor"), section=ACCESS,
        help=_("For makers that send corpsign; empty: the proof is not asked for"),
    )  # fmt: skip
    environment: Mapped[Any] = column(
        ChoiceOf(Environment), label=_("Environment"), required_at=FORM, nullable=False,
        default=Environment.TRIAL, server_default=Environment.TRIAL.name, section=ACCESS,
        help=_("Live only after the software of the vendor has passed the self-test"),
    )  # fmt: skip
    scopes: Mapped[Any] = column(
        Contents, label=_("Exchanged data"), required_at=FORM, nullable=False, section=ACCESS
    )
    ip_allow: Mapped[Any] = column(
        AddressRanges(2000), label=_("Allowed addresses"), section=ACCESS,
        help=_("One address or range (CIDR) a line; empty: any address"),
    )  # fmt: skip
    callback_url: Mapped[Any] = column(
        PublicAddress(300), label=_("Callback address"), section=ACCESS,
        help=_("https only, no private address"),
    )  # fmt: skip
    valid_to: Mapped[Any] = column(
        Date, label=_("Valid to"), section=ACCESS,
        help=_("Empty until the project is completed"),
    )  # fmt: skip
    app_id: Mapped[Any] = column(
        Text(32), label=_("Access number (appid)"), readonly=True, nullable=False
    )
    app_secret: Mapped[Any] = column(
        SecretText(KEY_LENGTH), label=_("Access secret"), readonly=True, nullable=False
    )
    state: Mapped[Any] = column(
        State(ClientState), label=_("State"), default=ClientState.TRIAL, nullable=False
    )

    # the project the calls of the trial environment work in; nobody else sees it
    sandbox_id: Mapped[Any | None] = mapped_column(BigInteger, ForeignKey("project.id"))

    @property
    def standing(self) -> ClientState:
        """The state as its users meet it: switched off counts as 停用, whatever comes after."""
        if self.enabled or self.state is ClientState.EXPIRED:
            return ClientState[self.state.name]
        return ClientState.DISABLED

    __table_args__ = (
        UniqueConstraint("project_id", "app_id"),
        # a foreign appid must be found before its project is known
        Index("ix_api_client_app_id", "app_id"),
    )


class AsyncResult(ProjectRow):
    """异步结果: one write taken in and its outcome; kept at least seven days.

    ``sign`` is unique for a client, so that a repeated request is never carried out twice.
    """

    __scope__ = scope.Scope(scope.PROJECTS, None, scope.DISTRICTS)
    __audited__ = False
    __picker__ = ("serial",)

    client_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    sign: Mapped[Any | None] = mapped_column(String(64), nullable=False)
    serial: Mapped[Any] = column(Text(64), label=_("Serial code"), readonly=True)
    method: Mapped[Any] = column(Text(40), label=_("Method"), readonly=True)
    status: Mapped[Any] = column(
        Integer(0, 20), label=_("Status"), nullable=False, default=0, readonly=True
    )
    result: Mapped[Any] = column(LongText(20_000), label=_("Result"), readonly=True)

    __table_args__ = (
        UniqueConstraint("project_id", "client_id", "sign"),
        UniqueConstraint("project_id", "serial"),
    )


class ApiCall(ProjectRow):
    """调用日志: one call of a known client, without personal data (screens.md 7.3)."""

    __scope__ = scope.Scope(scope.PROJECTS, None, scope.DISTRICTS)
    __audited__ = False
    __picker__ = ("request_id",)

    request_id: Mapped[Any] = column(Text(40), label=_("Request number"), readonly=True)
    called_at: Mapped[Any] = column(
        Instant, label=_("Time"), nullable=False, readonly=True, server_default=text("now()")
    )
    client_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    app_id: Mapped[Any] = column(Text(32), label=_("Access number (appid)"), readonly=True)
    address: Mapped[Any] = column(Text(45), label=_("Address of the caller"), readonly=True)
    path: Mapped[Any] = column(Text(40), label=_("Method"), readonly=True)
    serial: Mapped[Any] = column(Text(64), label=_("Serial code"), readonly=True)
    items: Mapped[Any] = column(Integer(), label=_("Items"), readonly=True)
    accepted: Mapped[Any] = column(Integer(), label=_("Accepted items"), readonly=True)
    rejected: Mapped[Any] = column(Integer(), label=_("Refused items"), readonly=True)
    code: Mapped[Any] = column(Text(10), label=_("Code"), readonly=True)
    outcome: Mapped[Any] = column(ChoiceOf(Outcome), label=_("Outcome"), readonly=True)
    duration_ms: Mapped[Any] = column(Integer(unit="ms"), label=_("Duration"), readonly=True)
    sample: Mapped[Any] = column(LongText(500), label=_("Message"), readonly=True)
    body_hash: Mapped[Any] = column(Text(64), label=_("Digest of the data"), readonly=True)
    environment: Mapped[Any] = column(
        ChoiceOf(Environment), label=_("Environment"), nullable=False, readonly=True,
        default=Environment.LIVE, server_default=Environment.LIVE.name,
    )  # fmt: skip
    # what was sent, of calls in the trial environment alone: only test persons stand in it
    request: Mapped[Any | None] = mapped_column(String(MOST_KEPT))

    __table_args__ = (Index(None, "project_id", "client_id", "called_at"),)


class ConformanceRun(ProjectRow):
    """联调自测: what the calls of one client showed, case by case (screens.md 7.4).

    ``results`` holds for each case how often it was kept and broken, and what was said last;
    ``memory`` what later calls are compared with. The report stays as it was when it ended.
    """

    __scope__ = scope.Scope(scope.PROJECTS, None, scope.DISTRICTS)
    __audited__ = False
    __picker__ = ("software",)

    client_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    app_id: Mapped[Any] = column(Text(32), label=_("Access number (appid)"), readonly=True)
    vendor_name: Mapped[Any] = column(Text(100), label=_("Vendor"), readonly=True)
    software: Mapped[Any] = column(Text(100), label=_("Software"), readonly=True)
    software_version: Mapped[Any] = column(Text(100), label=_("Software version"), readonly=True)
    started_at: Mapped[Any] = column(Instant, label=_("Begun at"), nullable=False, readonly=True)
    ended_at: Mapped[Any] = column(Instant, label=_("Ended at"), readonly=True)
    calls: Mapped[Any] = column(
        Integer(), label=_("Calls"), nullable=False, default=0, readonly=True
    )
    passed: Mapped[Any] = column(
        Flag, label=_("Necessary cases seen"), nullable=False, default=False, readonly=True
    )
    results: Mapped[Any | None] = mapped_column(Json().sql(), nullable=False, default=dict)
    memory: Mapped[Any | None] = mapped_column(Json().sql(), nullable=False, default=dict)

    __table_args__ = (Index(None, "project_id", "client_id", "id"),)


class SoftwarePass(Entity):
    """A vendor's software that has passed the self-test; holds for its other projects too."""

    __scope__ = scope.system_only("vendors of one project do not learn of those of another")
    __picker__ = ("software",)

    vendor_name: Mapped[Any] = column(Text(100), label=_("Vendor"), nullable=False)
    vendor_credit_code: Mapped[Any] = column(CreditCode, label=_("Credit code of the vendor"))
    software: Mapped[Any] = column(Text(100), label=_("Software"), nullable=False)
    software_version: Mapped[Any] = column(Text(100), label=_("Software version"))
    passed_at: Mapped[Any] = column(Instant, label=_("Passed at"), nullable=False)
    vendor_key: Mapped[Any | None] = mapped_column(String(100), nullable=False)
    software_key: Mapped[Any | None] = mapped_column(String(100), nullable=False)

    __table_args__ = (UniqueConstraint("vendor_key", "software_key"),)
