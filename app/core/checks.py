"""Checks used all over (screens.md section 0): a typed value in, the stored form out.

Every function accepts what people paste (blanks, full width), returns the one form that
is stored, and raises `Invalid` with a sentence for the user.
"""

import re
from collections.abc import Container
from datetime import date
from decimal import Decimal, InvalidOperation
from operator import mul
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from stdnum.cn import uscc

RESIDENT_IDENTITY_CARD = "01"  # code of the dictionary id_type


class Invalid(ValueError):
    """A value is refused; the message is translated when it is shown."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FULL_WIDTH_ALNUM = {wide: narrow for wide, narrow in _FULL_WIDTH.items() if chr(narrow).isalnum()}
_FOLDED = _FULL_WIDTH | {0x3000: 0x20}
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def fold_digits(text: str) -> str:
    """Turn full-width digits and Latin letters into plain ones; all else stays."""
    return text if text.isascii() else text.translate(_FULL_WIDTH_ALNUM)


def fold_text(text: str) -> str:
    """Turn full-width characters and blanks into plain ones and trim both ends."""
    if text.isascii():
        return text.strip()
    return _UNSEEN.sub("", text.translate(_FOLDED)).strip()


def _compact(text: str) -> str:
    """Fold a number and drop the blanks within."""
    return "".join(fold_text(text).split())


_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "  # noqa: SIM905
    "61 62 63 64 65 71".split()
)
_IDENTITY = re.compile(r"[0-9]{17}[0-9X]")
_PLACE_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_OF_ZEROS = ord("0") * sum(_PLACE_WEIGHTS)
_CHECK_CHARACTERS = "10X98765432"  # by the remainder of the weighted sum (ISO 7064 MOD 11-2)
_OTHER_DOCUMENT = re.compile(r"[A-Z0-9]{4,30}")
_DOCUMENT_MARKS = re.compile(r"[()\[\]{}【】〔〕「」『』/\-‐‑‒–—−]")


def document_text(text: str) -> str:
    """Bring a document number of any kind into the form it is stored, hashed and found in.

    Capitals without blanks, brackets, slashes and hyphens; whether it is one is not asked.
    """
    number = _compact(text)
    return (number if number.isalnum() else _DOCUMENT_MARKS.sub("", number)).upper()


class IdentityNumber(NamedTuple):
    """An 18-character number of GB 11643 and what is derived from it.

    `sex` is a code of the dictionary gender: 0 male, 1 female. `region_known` false is a
    hint to look again, never a refusal.
    """

    number: str
    birth_on: date
    sex: str
    region_code: str
    region_known: bool

    @property
    def is_residence_permit(self) -> bool:
        """Whether a resident of Hong Kong, Macao, Taiwan or a foreigner holds it."""
        return self.number.startswith(("81", "82", "83", "9"))


def identity_number(
    text: str, today: date, *, regions: Container[str] | None = None
) -> IdentityNumber:
    """Read a resident identity number or an 18-digit residence permit.

    The region is never a reason to refuse: codes of former counties are valid for life.
    `regions` are the codes, former ones included, that raise no hint; without them a known
    province is enough.
    """
    number = document_text(text)
    if not _IDENTITY.fullmatch(number):
        raise Invalid(_("An identity number has 17 digits and then a digit or X"))
    birth_on = _date_in(number)
    if birth_on > today:
        raise Invalid(_("The birth date in the identity number is in the future"))
    expected = _check_character(number)
    if number[17] != expected:
        raise Invalid(
            _(
                "Character 18 of the identity number fails the check; it should be “%(digit)s”:"
                " compare every digit with the document", digit=expected,
            )
        )  # fmt: skip
    region = number[:6]
    known = region[:2] in _PROVINCES if regions is None else region in regions
    permit = region.startswith(("81", "82", "83", "9"))
    sex = "0" if int(number[16]) % 2 else "1"
    return IdentityNumber(number, birth_on, sex, region, permit or known)


def _check_character(number: str) -> str:
    """Give what character 18 must be by the 17 digits before it (GB 11643)."""
    total = sum(map(mul, number.encode(), _PLACE_WEIGHTS)) - _OF_ZEROS
    return _CHECK_CHARACTERS[total % 11]


def _date_in(number: str) -> date:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Invalid(
            _("Characters 7 to 14 of the identity number are not a date of the calendar")
        ) from None


def other_document(text: str) -> str:
    """Normalise the number of a passport, permit or other document.

    Letters and digits in capitals, 4 to 30; brackets, slashes, hyphens and blanks go.
    """
    number = document_text(text)
    if not _OTHER_DOCUMENT.fullmatch(number):
        raise Invalid(_("The document number is not well formed"))
    return number


def document_number(kind: str, text: str, today: date) -> str:
    """Normalise a document number by its kind, a code of the dictionary id_type."""
    if kind == RESIDENT_IDENTITY_CARD:
        return identity_number(text, today).number
    return other_document(text)


def age_on(birth_on: date, day: date) -> int:
    """Return the full years of age; one is reached the day after the birthday (PERS-004).

    ValueError: the day is before the birth.
    """
    if day < birth_on:
        raise ValueError(f"{day} is before the birth on {birth_on}")
    reached = (day.month, day.day) > (birth_on.month, birth_on.day)
    return max(0, day.year - birth_on.year - (not reached))


_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_CARD_LEAST = 12
_CARD = re.compile(r"[0-9]{12,19}")
_ACCOUNT = re.compile(r"[0-9]{6,30}")
_DOUBLED = {str(digit): sum(map(int, str(2 * digit))) for digit in range(10)}
_POSTCODE = re.compile(r"[0-9]{6}")


def credit_code(text: str) -> str:
    """Normalise a unified social credit code of GB 32100 with its check character."""
    code = _compact(text).upper()
    if not _CREDIT_CODE.fullmatch(code) or uscc.calc_check_digit(code[:17]) != code[17]:
        raise Invalid(
            _("The unified social credit code is not well formed or fails its check character")
        )
    return code


def mobile(text: str) -> str:
    """Normalise a mobile number of mainland China."""
    number = _compact(text)
    if not _MOBILE.fullmatch(number):
        raise Invalid(_("The mobile number is not well formed"))
    return number


def bank_card(text: str) -> tuple[str, bool]:
    """Return the digits of a bank card and whether they pass Luhn; failing it is a warning."""
    digits = _compact(text)
    if not _CARD.fullmatch(digits):
        raise Invalid(_("A bank card number has 12 to 19 digits"))
    return digits, _passes_luhn(digits)


def bank_account(text: str) -> str:
    """Return the digits of a bank account, which may be shorter or longer than a card's."""
    digits = _compact(text).replace("-", "")
    if not _ACCOUNT.fullmatch(digits):
        raise Invalid(_("The number of a bank account has 6 to 30 digits"))
    return digits


def _passes_luhn(digits: str) -> bool:
    """Tell whether the last digit fits: every second from the right counts double, by digits."""
    doubled = sum(map(_DOUBLED.__getitem__, digits[-2::-2]))
    return (sum(map(int, digits[-1::-2])) + doubled) % 10 == 0


def postcode(text: str) -> str:
    """Normalise a postcode of six digits."""
    code = _compact(text)
    if not _POSTCODE.fullmatch(code):
        raise Invalid(_("A postcode has six digits"))
    return code


_ILL_FORMED = _("The amount is not well formed: write a number alone, such as 350 or 350.50")
_FEN = 2  # decimal places of an amount in yuan
_YUAN = re.compile(r"^[¥￥]|元$")
_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?")
_EXACT_FLOAT = 10**13  # below it 15 significant digits hold every fen


def money(
    value: str | float | Decimal, *, places: int = 2, digits: int = 16, signed: bool = False
) -> Decimal:
    """Read an amount as `dec(digits, places)`, of 0 or more unless signed; nothing is rounded.

    Commas between thousands and full width are folded, and ¥ or 元 around an amount in yuan is
    let go; in 万元 (four places) it would hide a slip of ten thousand times. A binary number is
    read at the 15 significant digits a workbook shows; parts below the last place are refused.
    """
    if isinstance(value, str) and places == _FEN:
        value = _YUAN.sub("", value.strip(), count=1)
    amount = _decimal(value)
    if not amount.is_finite():
        raise Invalid(_ILL_FORMED)
    if amount < 0 and not signed:
        raise Invalid(_("An amount cannot be negative"))
    if abs(amount) >= Decimal(10) ** (digits - places):
        raise Invalid(_("The amount is too large"))
    stored = amount.quantize(Decimal(1).scaleb(-places))
    if stored != amount:
        raise Invalid(_("An amount has at most %(places)s decimal places", places=places))
    return stored + 0  # a minus before nothing goes


def _decimal(value: str | float | Decimal) -> Decimal:
    if isinstance(value, bool):
        raise Invalid(_ILL_FORMED)
    if isinstance(value, float):
        exact = abs(value) < _EXACT_FLOAT
        return Decimal(format(value, ".15g") if exact else repr(value))
    if isinstance(value, str):
        value = _compact(value)
        if not _AMOUNT.fullmatch(value):
            raise Invalid(_ILL_FORMED)
        value = value.replace(",", "")
    try:
        return Decimal(value)
    except (InvalidOperation, TypeError):
        raise Invalid(_ILL_FORMED) from None


_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_PASSWORD_LENGTH = 10
_PASSWORD_CLASSES = 3
_PASSWORD_LIMIT = 128  # what the hash is asked to work on
# The letters of the passwords everybody tries first; digits and signs around them add nothing.
_COMMON_LETTERS = frozenset(
    "a aa aaa ab abc abcd abcde abcdef abcabc asd asdf asdfgh asdfghjkl admin admins adminadmin "  # noqa: SIM905
    "administrator root rootroot test testtest user guest login welcome letmein changeme default "
    "system manager super iloveyou woaini woainima china zhongguo jiangmen dragon monkey sunshine "
    "password passwd passwrd pssword psswrd psswd passw pass pwd mima qaz qazwsx qazwsxedc qazxsw "
    "qwe qwer qwert qwerty qwertyuiop qweasd qweasdzxc zxc zxcv zxcvbn zxcvbnm wsx qw x".split()
)


def username(text: str) -> str:
    """Normalise a login name: a letter, then letters, digits and underscores, 4 to 32."""
    name = fold_text(text)
    if not _USERNAME.fullmatch(name):
        raise Invalid(
            _("A username begins with a letter and has 4 to 32 letters, digits or underscores")
        )
    return name


def password(text: str, username: str) -> str:
    """Accept a password as typed (screens.md 2.3).

    At least 10 characters of three classes (capital, small letter, digit, other), not
    containing the username and not a common one.
    """
    if not _PASSWORD_LENGTH <= len(text) <= _PASSWORD_LIMIT:
        raise Invalid(
            _(
                "A password has %(least)s to %(most)s characters",
                least=_PASSWORD_LENGTH,
                most=_PASSWORD_LIMIT,
            )
        )
    classes = [r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9]"]
    if sum(bool(re.search(one, text)) for one in classes) < _PASSWORD_CLASSES:
        raise Invalid(
            _("A password has three of these: capitals, small letters, digits, other signs")
        )
    if username and username.casefold() in text.casefold():
        raise Invalid(_("A password cannot contain the username"))
    if re.sub(r"[^a-z]", "", text.casefold()) in _COMMON_LETTERS:
        raise Invalid(_("This password is too common"))
    return text


def email(text: str) -> str:
    """Normalise an e-mail address; its domain is not asked."""
    try:
        return validate_email(_compact(text), check_deliverability=False).normalized
    except EmailNotValidError:
        raise Invalid(_("The e-mail address is not well formed")) from None


_OLD_IDENTITY_LENGTH = 15


def _masked(text: str, head: int, tail: int) -> str:
    """Show both ends of a text and stars between; a text too short for that shows nothing."""
    hidden = len(text) - head - tail
    if hidden < max(head, tail) // 2:
        return "*" * len(text)
    return text[:head] + "*" * hidden + text[len(text) - tail :]


def mask_identity(number: str) -> str:
    """Show the first six and last four of an identity number: 440781********1234.

    Shorter documents show their first and last two.
    """
    if len(number) < _OLD_IDENTITY_LENGTH:
        return _masked(number, 2, 2)
    return _masked(number, 6, 4)


def mask_mobile(number: str) -> str:
    """Show the first three and last four of a telephone number: 138****5678."""
    return _masked(number, 3, 4)


def mask_card(number: str) -> str:
    """Show the last four of a bank card or account: ****1234."""
    return "****" + number[-4:] if len(number) >= _CARD_LEAST else "****"
