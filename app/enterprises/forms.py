"""Forms of the enterprise domain: registration, correction, change; fields read from columns."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, FieldList, FormField, PasswordField, StringField

from app.core import checks, forms, generated
from app.core.columns import Documents, LongText, Text, column, specs
from app.core.errors import Refusal
from app.core.forms import BaseForm, ColumnField, form_class
from app.enterprises import captcha, services
from app.enterprises.choices import EnterpriseType
from app.enterprises.models import BUILDERS, Enterprise, EnterpriseChange, Qualification
from app.enterprises.services import DIRECT, QUALIFICATIONS, REVIEWED, REVIEWED_TOO
from app.enterprises.services.values import QUALIFICATION_FIELDS, unpack

MOST_QUALIFICATIONS = 20
PLACED: list[tuple[Any, list[str]]] = [
    (_("Enterprise"), [
        "name", "credit_code", "register_type", "region_code", "address", "established_on",
        "registered_capital", "licence_file", "licence_valid_to",
    ]),
    (_("Legal representative"), [
        "legal_person", "legal_person_phone", "legal_person_id_type", "legal_person_id_number",
    ]),
    (_("Agent and contact"), [
        "agent_name", "agent_mobile", "agent_id_type", "agent_id_number", "authorisation_file",
        "office_phone", "email", "postcode",
    ]),
    (_("Qualifications and licences"), [
        "qualifications", "safety_licence_no", "safety_licence_valid_to", "safety_licence_file",
    ]),
]  # fmt: skip
# chosen before the form, asked with the password, and named by a change only (screens.md 3)
NOT_ASKED = ("enterprise_type", "username", "website")
SECTIONS = generated.completed(
    PLACED, Enterprise, generated.enterable, {*generated.named(PLACED), *NOT_ASKED}
)
ACCOUNT_SECTION = (_("Account"), ["username", "password", "again"])
CONFIRM_SECTION = (_("Commitment"), ["captcha", "agreed"])
COLUMNS = [name for _t, names in SECTIONS for name in names if name != "qualifications"]
KEPT_SECRETS = ("legal_person_id_number", "agent_id_number")


class RowForm(BaseForm):
    """One row of a child table inside a form that carries the token itself."""

    row_version = None  # type: ignore[assignment]

    class Meta(BaseForm.Meta):  # type: ignore[name-defined,misc]
        csrf = False


QualificationForm = form_class(Qualification, QUALIFICATION_FIELDS, base=RowForm)


class EnterpriseForm(BaseForm):
    """The columns of an enterprise with its qualifications as rows."""

    qualifications = FieldList(
        FormField(QualificationForm), label=_("Qualification certificates"),
        max_entries=MOST_QUALIFICATIONS,
    )  # fmt: skip

    def suit(self, kind: EnterpriseType) -> "EnterpriseForm":
        """Fit the form to a type of enterprise: what is demanded, how many certificates."""
        self.kind = kind
        builder = kind in BUILDERS
        self.qualifications.min_entries = int(builder)
        self.qualifications.flags.required = builder
        if builder and not self.qualifications.entries:
            self.qualifications.append_entry()
        for field in self.columns():
            if field.short_name.startswith("safety_") and builder:
                field.flags.required = True
        if not builder and "safety_licence_no" in self:
            for field in (self.safety_licence_no, self.safety_licence_file):
                field.description = _("Only if the enterprise holds one")
        return self

    def every_column(self) -> Iterable[ColumnField]:
        """Give the fields of the form and of its rows."""
        for form in self.with_rows():
            yield from form.columns()

    def show_uploads(self, application: str = "") -> "EnterpriseForm":
        """Let an applicant look at what he uploaded, and at the files of his ``application``.

        The token opens what a returned application holds; a new one has nothing yet.
        """
        for field in self.every_column():
            for one in getattr(field, "kept", ()):
                whose = {"proof": one["token"], "application": application or None}
                one["url"] = url_for("RegistrationPage.upload", **whose)
                one["small"] = url_for("RegistrationPage.upload", small=1, **whose)
        return self

    def values(self) -> dict[str, Any]:
        """Give the clean values, the type of the enterprise and the rows included."""
        found = {**super().values(), "enterprise_type": self.kind}
        if QUALIFICATIONS in self:
            found[QUALIFICATIONS] = [entry.form.values() for entry in self.qualifications]
        return found

    def hide_secrets(self, row: Any) -> "EnterpriseForm":
        """Show masked what is on file; an emptied field means the value on file."""
        self.keep(row)
        self.on_file = {name: getattr(row, name) for name in KEPT_SECRETS}
        for name, value in self.on_file.items():
            if not value:
                continue
            field = self[name]
            field.blank_keeps = True
            masked = specs(Enterprise)[name].kind.mask(value)
            field.description = gettext(
                "On file: %(number)s. Leave empty to keep it", number=masked
            )
            if not field.raw_data:
                field.typed = ""
            elif not field.data and not field.problem:
                field.data = value
        return self

    def mark(self, reasons: Mapping[str, str]) -> None:
        """Put a reviewer's words beside the fields he marked."""
        for name, reason in reasons.items():
            field: Field | None = self._fields.get(name)
            if field is not None:
                field.review_words = gettext("Reviewer: %(reason)s", reason=reason)


class RegistrationForm(EnterpriseForm):
    """企业注册 (screens.md 2.3)."""

    password = PasswordField(_("Sign-in password"), description=_(
        "At least 10 characters with three of: capitals, small letters, digits, other signs"
    ))  # fmt: skip
    again = PasswordField(_("Repeat the password"))
    captcha = StringField(_("Characters in the picture"))
    agreed = BooleanField(_("I have read the commitment and agree to it"))

    def suit(self, kind: EnterpriseType) -> "RegistrationForm":
        """Fit the form and star what is no column."""
        super().suit(kind)
        for field in (self.password, self.again, self.captcha, self.agreed):
            field.flags.required = True
        self.username.answer_url = url_for("RegistrationPage.username")
        return self

    def values(self) -> dict[str, Any]:
        """Give the values with the password as typed."""
        return {**super().values(), "password": self.password.data or ""}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check everything; a right captcha is spent only when all else is right."""
        fine = super().validate(extra_validators)
        fine = self.tell(services.misfits(self.values())) and fine
        if not self.agreed.data:
            self.agreed.errors = [gettext("Read the commitment and tick the box")]
            fine = False
        for field in (self.password, self.again):
            if not field.data:
                field.errors = [gettext("%(label)s is required", label=field.label.text)]
        if not self.password.data or not self.again.data:
            return self._captcha(fine=False)
        try:
            checks.password(self.password.data, self.username.data or "")
        except checks.Invalid as problem:
            self.password.errors, fine = [str(problem)], False
        if self.password.data != self.again.data:
            self.again.errors, fine = [gettext("The two passwords differ")], False
        return self._captcha(fine=fine)

    def _captcha(self, *, fine: bool) -> bool:
        if not (self.captcha.data or "").strip():
            self.captcha.errors = [gettext("Type the characters of the picture")]
            return False
        try:
            (captcha.check if fine else captcha.look)(self.captcha.data)
        except Refusal as problem:
            self.captcha.errors = [str(problem)]
            return False
        return fine

    def ask_again(self) -> "RegistrationForm":
        """Say of what a form that comes back never shows again that it must be typed anew."""
        again = {
            self.password: gettext("Type the password once more: a page never shows it"),
            self.again: gettext("Repeat the password once more"),
            self.captcha: gettext("The picture is a new one: type its characters"),
        }
        for field, words in again.items():
            if not field.errors:
                field.errors = [words]
        return self


class CorrectionForm(EnterpriseForm):
    """A returned application again; numbers of persons are not shown back to whoever asks."""


class ChangeForm(EnterpriseForm):
    """企业信息 编辑: reviewed and direct fields with reason and proof (screens.md 3)."""

    def hide_secrets(self, row: Any) -> "ChangeForm":
        """Show masked what is on file, and remember whose change this is.

        While a change waits the form is of the direct fields alone: the others would be refused.
        """
        self.enterprise_id = row.id
        super().hide_secrets(row)
        asked = "name" in request.form if self.is_submitted() else not services.waits(row.id)
        for name in () if asked else (*REVIEWED, QUALIFICATIONS, *_REASONS):
            if name in self:
                del self[name]
        return self

    def further(self, values: Mapping[str, Any]) -> Iterable[Refusal]:
        """Tell of reason and proof together with the errors of the form."""
        return services.change_misfits(
            self.enterprise_id, values, reason=values.get("reason") or "",
            proof=values.get("proof"),
        )  # fmt: skip


_REPLY = column(
    LongText(500), label=_("Words to the reviewer"),
    help=_("Needed when no marked field is changed"),
)  # fmt: skip
REPLY_SECTION = (_("Words to the reviewer"), ["reply"])
_REASONS = {
    "reason": column(
        Text(200), label=_("Reason of the change"),
        help=_("Needed when a field that is reviewed has been changed"),
    ),
    "proof": column(
        Documents(10), label=_("Proof"),
        help=_("Needed for name, legal representative and qualifications"),
    ),
}  # fmt: skip
CHANGE_SECTIONS: list[tuple[Any, list[str]]] = [
    (_("Reviewed: in force once the authority has approved"),
     ["name", "register_type", "region_code", "address", "established_on", "registered_capital",
      "licence_file", "licence_valid_to", "legal_person", "legal_person_phone",
      "legal_person_id_type", "legal_person_id_number", *REVIEWED_TOO]),
    (_("Reviewed: qualifications and licences"),
     ["qualifications", "safety_licence_no", "safety_licence_valid_to", "safety_licence_file"]),
    (_("Direct: in force at once"), [*DIRECT]),
    (_("Reason and proof"), ["reason", "proof"]),
]  # fmt: skip


def registration_form() -> type[RegistrationForm]:
    """Give the form of a new application."""
    return form_class(Enterprise, [*COLUMNS, "username"], base=RegistrationForm)  # type: ignore[return-value]


def correction_form(*, with_username: bool) -> type[CorrectionForm]:
    """Give the form of a returned application; the sign-in name only where it was marked."""
    names = [*COLUMNS, "username"] if with_username else COLUMNS
    with_reply = forms.extend(CorrectionForm, {"reply": forms.loose("reply", _REPLY)})
    return form_class(Enterprise, names, base=with_reply)  # type: ignore[return-value]


def change_form() -> type[ChangeForm]:
    """Give the form of a change."""
    with_reasons = forms.extend(
        ChangeForm, {name: forms.loose(name, spec) for name, spec in _REASONS.items()}
    )
    return form_class(Enterprise, [*REVIEWED, *DIRECT], base=with_reasons)  # type: ignore[return-value]


def asked_again(row: Enterprise, change: EnterpriseChange) -> SimpleNamespace:
    """Give an enterprise as a returned request wants it, for a form that starts from there."""
    asked = {n: one["new"] for n, one in change.changed_fields.items() if n in specs(Enterprise)}
    present = {name: getattr(row, name) for name in (*specs(Enterprise), "id", "row_version")}
    return SimpleNamespace(**present | unpack(Enterprise, asked))


def asked_rows(change: EnterpriseChange) -> list[dict[str, Any]] | None:
    """Give the qualifications a request asks for as the rows of a form; None where it asks none."""
    asked = change.changed_fields.get("qualifications")
    return None if asked is None else [unpack(Qualification, one) for one in asked["new"]]


def rows_of(qualifications: Iterable[Qualification]) -> list[dict[str, Any]]:
    """Give qualifications as the rows a form starts with."""
    return [{name: getattr(row, name) for name in QUALIFICATION_FIELDS} for row in qualifications]


def correction_of_locked() -> type[BaseForm]:
    """Give the city's form for code and type."""
    base = forms.extend(BaseForm, {"reason": forms.loose("reason", _REASONS["reason"])})
    return form_class(Enterprise, ["credit_code", "enterprise_type"], base=base)
