"""Tables of reporting upwards: settings, counterparts of codes and projects, the log."""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import ARRAY, BigInteger, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import addresses, checks, dictionaries, scope
from app.core.columns import (
    ChoiceOf,
    ChoicesOf,
    Date,
    Flag,
    Instant,
    Integer,
    LongText,
    SecretText,
    Text,
    column,
)  # fmt: skip
from app.core.columns.base import EMPTY
from app.core.models import Entity
from app.openapi import codes
from app.upstream.choices import Badge, Standing, Subject

FORM = ("form",)
SECRET_LENGTH = 32
# an official of a district holds that one; the city's hold them all
CITY = "cardinality(nullif(current_setting('app.districts', true), '')::text[]) > 1"
CITY_ONLY = scope.Scope(
    government_sees=CITY, government_writes=CITY, login_sees=scope.SIGNED_IN,
    login_writes=scope.SIGNED_IN,
    reason="the city's reports to the platform above it; its office and its administrators",
)  # fmt: skip


class WireDictionary(Text):
    """A dictionary that messages carry codes of, chosen by its Chinese name."""

    control = filter = "select"

    def choices(self) -> list[tuple[str, str]]:
        return sorted((name, str(dictionaries.title(name))) for name in codes.wire_names())

    def show(self, value: Any) -> str:
        return str(dictionaries.title(value)) if value else EMPTY


class UpperAddress(Text):
    """上级平台地址: https and public, or one the deployment trusts."""

    def clean(self, raw: Any) -> str | None:
        text_ = super().clean(raw)
        if not text_ or text_ in current_app.config["UPSTREAM_TRUSTED"]:
            return text_
        return addresses.https_url_public(text_)


class KeptSecret(SecretText):
    """A secret of the platform above: 32 characters, never shown again."""

    control = "password"
    starred = False

    def text(self, value: Any) -> str:  # noqa: ARG002 - what is kept stays where nothing is typed
        return ""

    def clean(self, raw: Any) -> str | None:
        key = str(raw).strip()
        if key and (len(key) != SECRET_LENGTH or not key.isascii()):
            raise checks.Invalid(_("It has 32 ASCII characters"))
        return key or None


class UpstreamLink(Entity):
    """上报设置: the one access of the city to the platform above; off until somebody opens it."""

    __scope__ = CITY_ONLY
    __picker__ = ("address",)

    enabled: Mapped[Any] = column(
        Flag, label=_("Report to the upper platform"), nullable=False, default=False
    )
    address: Mapped[Any] = column(
        UpperAddress(300), label=_("Address of the upper platform"),
        help=_("https, with the path, for example https://host/open.api"),
    )  # fmt: skip
    app_id: Mapped[Any] = column(Text(32), label=_("Access number (appid)"))
    app_secret: Mapped[Any] = column(
        KeptSecret(SECRET_LENGTH), label=_("Access secret"),
        help=_("32 characters; left empty, the one on file stays"),
    )  # fmt: skip
    corp_key: Mapped[Any] = column(
        KeptSecret(SECRET_LENGTH), label=_("corpKey"),
        help=_("Only where the upper platform asks for corpsign; left empty, it stays"),
    )  # fmt: skip
    subjects: Mapped[Any] = column(ChoicesOf(Subject), label=_("Reported records"))
    from_on: Mapped[Any] = column(
        Date, label=_("Attendance from"),
        help=_("Punches, entries and exits before this day are not reported"),
    )  # fmt: skip


class UpstreamCode(Entity):
    """代码对照: what the platform above calls a code of ours; the same where none stands here."""

    __scope__ = CITY_ONLY
    __picker__ = ("code",)
    __table_args__ = (UniqueConstraint("table_name", "code"),)

    table_name: Mapped[Any] = column(
        WireDictionary(60), label=_("Dictionary"), nullable=False, required_at=FORM
    )
    code: Mapped[Any] = column(Text(20), label=_("Our code"), nullable=False, required_at=FORM)
    upper_code: Mapped[Any] = column(
        Text(20), label=_("Code of the upper platform"), nullable=False, required_at=FORM
    )


class UpstreamSite(Entity):
    """项目对照: number, and where it has one the key, of a project on the platform above."""

    __scope__ = CITY_ONLY
    __picker__ = ("project_no",)

    project_no: Mapped[Any] = column(
        Text(32), label=_("Our project no."), nullable=False, required_at=FORM, unique=True
    )
    upper_no: Mapped[Any] = column(
        Text(32), label=_("Project no. on the upper platform"), nullable=False, required_at=FORM
    )
    app_id: Mapped[Any] = column(
        Text(32), label=_("Access number (appid)"),
        help=_("Only where the upper platform gives each project a key of its own"),
    )  # fmt: skip
    app_secret: Mapped[Any] = column(
        KeptSecret(SECRET_LENGTH), label=_("Access secret"),
        help=_("32 characters; left empty, the one on file stays"),
    )  # fmt: skip


class UpstreamReport(Entity):
    """上报记录: one record of ours and what became of its report.

    There is one for each record, so that nothing is sent twice. ``stamp`` is kept from before a
    request leaves until its answer is read: after a broken line the very same request, with the
    same signature, is sent again, which no platform carries out twice.
    """

    __scope__ = CITY_ONLY
    __audited__ = False
    __picker__ = ("title",)

    subject: Mapped[Any] = column(
        ChoiceOf(Subject), label=_("Reported record"), nullable=False, readonly=True
    )
    subject_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    site_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    covers: Mapped[Any | None] = mapped_column(ARRAY(BigInteger))  # the punches of one call
    title: Mapped[Any] = column(Text(200), label=_("Reported content"), readonly=True)
    site_name: Mapped[Any] = column(Text(200), label=_("Project"), readonly=True)
    happened_on: Mapped[Any] = column(Date, label=_("Day of the record"), readonly=True)
    standing: Mapped[Any] = column(
        Badge(Standing), label=_("Result"), nullable=False, readonly=True, server_default="QUEUED"
    )
    message: Mapped[Any] = column(LongText(4000), label=_("Reason"), readonly=True)
    method: Mapped[Any] = column(Text(40), label=_("Method"), readonly=True)
    code: Mapped[Any] = column(Text(10), label=_("Code"), readonly=True)
    serial: Mapped[Any] = column(Text(64), label=_("Serial code"), readonly=True)
    remote: Mapped[Any] = column(Text(64), label=_("Number on the upper platform"), readonly=True)
    attempts: Mapped[Any] = column(
        Integer, label=_("Attempts"), nullable=False, readonly=True, server_default="0"
    )
    next_at: Mapped[Any] = column(Instant, label=_("Next attempt"), readonly=True)
    sent_at: Mapped[Any] = column(Instant, label=_("Last sent"), readonly=True)
    settled_at: Mapped[Any] = column(Instant, label=_("Outcome at"), readonly=True)
    request: Mapped[Any] = column(LongText(8000), label=_("Request (masked)"), readonly=True)
    answer: Mapped[Any] = column(LongText(4000), label=_("Answer (masked)"), readonly=True)
    digest: Mapped[Any | None] = mapped_column(String(64))
    stamp: Mapped[Any | None] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("subject", "subject_id"),
        Index(None, "subject", "next_at", postgresql_where=text("standing = 'QUEUED'")),
        Index(None, "happened_on"),
    )
