"""Turning what was read from the wire into values a service takes, by column name."""

import io
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from flask_babel import force_locale

from app.core import checks, clock, files, uploads
from app.core.columns.base import ColumnSpec
from app.openapi import codes, errors
from app.openapi.wire import File

Path = tuple[str | int, ...]


def values_of(
    columns: Mapping[str, ColumnSpec], read: Mapping[str, Any], path: Path, problems: list[str]
) -> dict[str, Any]:
    """Give the values of one object by column name, checked by the columns' own types.

    A value the type refuses becomes a problem that names its field. Files are checked and
    cleaned here and stand as ``CleanFile``; ``kept`` stores them.
    """
    found: dict[str, Any] = {}
    for name, value in read.items():
        spec = columns.get(name)
        if spec is None:
            continue
        here = (*path, name)
        try:
            found[spec.name] = _clean(spec, value)
        except checks.Invalid as wrong:
            with force_locale("zh"):
                problems.append(errors.at(here, f"{errors.SHAPE}{wrong}"))
        except uploads.UploadError:
            kind = errors.IMAGE_KIND if value.media_type else errors.FILE_TEXT
            problems.append(errors.at(here, kind))
    _check(columns, found, path, problems)
    return found


def _clean(spec: ColumnSpec, value: Any) -> Any:
    if isinstance(value, File):
        rule = uploads.PICTURE if value.media_type else uploads.DOCUMENT
        return uploads.inspect(io.BytesIO(value.content), f"{spec.api}.jpg", rule)
    if codes.is_code(spec.kind):
        return codes.inward(spec.kind, value)
    return spec.kind.read(value) if isinstance(value, str) else value


def _check(
    columns: Mapping[str, ColumnSpec], found: Mapping[str, Any], path: Path, problems: list[str]
) -> None:
    for name, spec in columns.items():
        if found.get(spec.name) is None:
            continue
        try:
            spec.kind.check(found[spec.name], found)
        except checks.Invalid as wrong:
            with force_locale("zh"):
                problems.append(errors.at((*path, name), f"{errors.SHAPE}{wrong}"))


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Store the files among these values; their numbers take their place."""
    return {
        name: files.keep(value) if isinstance(value, uploads.CleanFile) else value
        for name, value in values.items()
    }


def midnight(day: date) -> datetime:
    """Give the beginning of a day in China."""
    return datetime.combine(day, time(), tzinfo=clock.CHINA)


def shown(columns: Mapping[str, ColumnSpec], row: Any) -> dict[str, Any]:
    """Give the columns of a row by their wire names, codes as the wire writes them."""
    found: dict[str, Any] = {}
    for name, spec in columns.items():
        value = getattr(row, spec.name)
        if value is not None and codes.is_code(spec.kind):
            value = codes.outward(spec.kind.table, value)  # type: ignore[attr-defined]
        found[name] = value
    return found
