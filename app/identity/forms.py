"""Forms of the identity domain that stand on no table of their own."""

from flask_appbuilder.security.forms import LoginForm_db
from flask_babel import lazy_gettext as _
from wtforms import StringField

from app.core import checks, forms
from app.core.columns import ChoiceOf, Code, Date, Mobile, Refs, Text, column
from app.core.columns.texts import Checked
from app.identity.choices import OfficialRole, SubRole

FORM = "form"


class Username(Checked):
    """A sign-in name: checked by its own rule (screens.md 2.3)."""

    rule = staticmethod(checks.username)


class SignInForm(LoginForm_db):
    """登录: the captcha stands in it once the name or the browser has failed twice."""

    captcha = StringField(_("Characters in the picture"))


_COLUMNS = {
    "username": column(
        Text(32), label=_("Sign-in name"), required_at=FORM,
        help=_("4 to 32 letters, digits or underscores, beginning with a letter"),
    ),
    "name": column(Text(50), label=_("Real name"), required_at=FORM),
    "mobile": column(Mobile, label=_("Mobile"), required_at=FORM),
    "role": column(ChoiceOf(SubRole), label=_("Role"), required_at=FORM),
    "projects": column(Refs("Project"), label=_("Projects"), required_at=FORM),
    "valid_to": column(
        Date, label=_("Valid to"), help=_("Last day; leave empty for an account without end")
    ),
}  # fmt: skip

SubAccountForm = forms.extend(
    forms.BaseForm, {name: forms.loose(name, spec) for name, spec in _COLUMNS.items()},
    title="SubAccount",
)  # fmt: skip

_OFFICIAL = {
    "username": column(
        Username(32), label=_("Sign-in name"), required_at=FORM,
        help=_("4 to 32 letters, digits or underscores, beginning with a letter"),
    ),
    "name": column(Text(50), label=_("Real name"), required_at=FORM),
    "role": column(ChoiceOf(OfficialRole), label=_("Role"), required_at=FORM),
    "district_code": column(
        Code("district"), label=_("District"), help=_("Leave empty for the whole city"),
    ),
}  # fmt: skip

OfficialForm = forms.extend(
    forms.BaseForm, {name: forms.loose(name, spec) for name, spec in _OFFICIAL.items()},
    title="Official",
)  # fmt: skip
