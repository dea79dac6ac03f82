"""Encrypted texts: stored under AES-256-GCM, found through a keyed hash, shown masked.

PIPL arts 28 and 51 ask for encryption of identity and account numbers (decision D9).
"""

import base64
import zlib
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.core import checks, clock, vault
from app.core.columns.base import EMPTY, Kind
from app.core.columns.texts import HEADROOM

FAST = 1  # level of compression: most of the gain for a tenth of the time


class Encrypted(TypeDecorator[str]):
    """A text whose plain value never reaches the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002
        return None if value is None else vault.current().encrypt(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002
        return None if value is None else vault.current().decrypt(value)


class Packed(Encrypted):
    """A long text, compressed before it is encrypted: a workbook is a fifth of its rows' text."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        if value is None:
            return None
        small = zlib.compress(value.encode("utf-8", "surrogatepass"), FAST)
        return super().process_bind_param(base64.b64encode(small).decode("ascii"), dialect)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        text = super().process_result_value(value, dialect)
        if text is None:
            return None
        return zlib.decompress(base64.b64decode(text)).decode("utf-8", "surrogatepass")


class SecretText(Kind):
    """Any text that must not be readable in the database; a long one is kept ``packed``."""

    sensitive = True

    def __init__(self, length: int = 200, *, packed: bool = False) -> None:
        self.length, self.packed = length, packed

    def sql(self) -> TypeEngine[Any]:
        return Packed() if self.packed else Encrypted()

    def mask(self, value: Any) -> str | Markup:
        return "******" if value else EMPTY


class Hashed(SecretText):
    """An encrypted number that can be found when the whole of it is known."""

    hashed = True
    filter = "text"
    domain = "text"

    def fingerprint(self, value: str | None) -> str | None:
        """Give the keyed hash a value is found by."""
        return vault.current().fingerprint(value, self.domain) if value else None

    def where(self, attribute: Any, raw: str) -> ColumnElement[bool] | None:
        companion = getattr(attribute.class_, f"{attribute.key}_hash")
        return companion == self.fingerprint(self.normal(raw))

    def normal(self, raw: str) -> str:
        """Bring what somebody searches for into the stored form."""
        return checks.fold_text(raw).replace(" ", "").upper()


class DocumentNumber(Hashed):
    """The number of an identity document, whose kind stands in a neighbouring column."""

    domain = "document"

    def __init__(self, type_column: str = "id_type") -> None:
        super().__init__(30)
        self.type_column = type_column

    def normal(self, raw: str) -> str:
        return checks.document_text(raw)

    def clean(self, raw: Any) -> str | None:
        return self.normal(str(raw)) or None

    def check(self, value: Any, values: Mapping[str, Any]) -> None:
        checks.document_number(values.get(self.type_column) or "01", value, clock.today())

    def hint(self) -> str:
        return gettext("As on the document, all characters, an identity card 18 with the check"
                       " character; as text")  # fmt: skip

    def mask(self, value: Any) -> str | Markup:
        return escape(checks.mask_identity(value)) if value else EMPTY

    def attributes(self) -> dict[str, Any]:
        return {"maxlength": self.length + HEADROOM, "autocomplete": "off", "spellcheck": "false"}


class BankCard(Hashed):
    """A bank card or account number; a failed Luhn digit is a warning, never an error."""

    domain = "card"

    def __init__(self) -> None:
        super().__init__(30)

    def clean(self, raw: Any) -> str | None:
        return checks.bank_card(str(raw))[0] if str(raw).strip() else None

    def hint(self) -> str:
        return gettext("12 to 19 digits, as text")

    def mask(self, value: Any) -> str | Markup:
        return escape(checks.mask_card(value)) if value else EMPTY

    def attributes(self) -> dict[str, Any]:
        return {"maxlength": self.length + HEADROOM, "inputmode": "numeric", "autocomplete": "off"}


class AccountNumber(BankCard):
    """The number of a bank account; found by the same hash as a card of the same number."""

    def clean(self, raw: Any) -> str | None:
        return checks.bank_account(str(raw)) if str(raw).strip() else None

    def hint(self) -> str:
        return gettext("6 to 30 digits, as text")
