"""Semantic column types: a column is declared once, every door reads it here.

A type knows how to check a raw value, how to mask and show it, which form field and filter
it wants, and how it stands in a sheet cell and in an interface message. The declaration
``column(Kind(...), label=..., sheet=..., api=...)`` is all an entity needs (decision D3).
"""

from app.core.columns.base import (
    Case,
    ColumnSpec,
    Kind,
    case,
    column,
    due_columns,
    spec_of,
    specs,
)
from app.core.columns.codes import N_, Choice, ChoiceOf, ChoicesOf, Code, Codes, State
from app.core.columns.files import Document, Documents, Picture, Pictures
from app.core.columns.links import Ref, Refs
from app.core.columns.numbers import Amount, Flag, Integer, Money, Number, Percent
from app.core.columns.secrets import AccountNumber, BankCard, DocumentNumber, SecretText
from app.core.columns.structures import Json, Point, RichText
from app.core.columns.texts import (
    CreditCode,
    Email,
    LongText,
    Mobile,
    PersonName,
    Phone,
    Postcode,
    Text,
    Website,
)
from app.core.columns.times import Date, Instant, Month, TimeOfDay

__all__ = [
    "N_",
    "AccountNumber",
    "Amount",
    "BankCard",
    "Case",
    "Choice",
    "ChoiceOf",
    "ChoicesOf",
    "Code",
    "Codes",
    "ColumnSpec",
    "CreditCode",
    "Date",
    "Document",
    "DocumentNumber",
    "Documents",
    "Email",
    "Flag",
    "Instant",
    "Integer",
    "Json",
    "Kind",
    "LongText",
    "Mobile",
    "Money",
    "Month",
    "Number",
    "Percent",
    "PersonName",
    "Phone",
    "Picture",
    "Pictures",
    "Point",
    "Postcode",
    "Ref",
    "Refs",
    "RichText",
    "SecretText",
    "State",
    "Text",
    "TimeOfDay",
    "Website",
    "case",
    "column",
    "due_columns",
    "spec_of",
    "specs",
]  # fmt: skip
