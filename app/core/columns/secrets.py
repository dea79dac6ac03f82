"""Encrypted texts: stored under AES-256-GCM, found through a keyed hash, shown masked.

PIPL arts 28 and 51 ask for encryption of identity and account numbers (decision D9).
"""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.core import checks, clock, vault
from app.core.columns.base import EMPTY, Kind
from app.core.columns.texts import HEADROOM


class Encrypted(TypeDecorator[str]):
    """A text whose plain value never reaches the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002
        return None if value is None else vault.current().encrypt(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002
        return None if value is None else vault.current().decrypt(value)


class SecretText(Kind):
    """Any text that must not be readable in the database."""

    sensitive = True

    def __init__(self, length: int = 200) -> None:
        self.length = length

    def sql(self) -> TypeEngine[Any]:
        return Encrypted()

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

    def mask(self, value: Any) -> str | Markup:
        return escape(checks.mask_card(value)) if value else EMPTY

    def attributes(self) -> dict[str, Any]:
        return {"maxlength": self.length + HEADROOM, "inputmode": "numeric", "autocomplete": "off"}
