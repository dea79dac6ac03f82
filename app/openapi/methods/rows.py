"""Turning what was read from the wire into values a service takes, by column name."""

import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from flask import url_for
from flask_babel import force_locale

from app.core import checks, clock, files, uploads
from app.core.columns import Document, Documents, Number
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
        if isinstance(value, File):
            found[spec.name] = _file(value, f"{spec.api}.jpg", here, problems)
        elif isinstance(spec.kind, Documents):
            found[spec.name] = [
                _file(one["data"], one["name"], (*here, place, "data"), problems)
                for place, one in enumerate(value) if {"data", "name"} <= one.keys()
            ]  # fmt: skip
        else:
            try:
                found[spec.name] = _clean(spec, value)
            except checks.Invalid as wrong:
                with force_locale("zh"):
                    problems.append(errors.at(here, f"{errors.SHAPE}{wrong}"))
    _check(columns, found, path, problems)
    return found


def _file(value: File, name: str, path: Path, problems: list[str]) -> uploads.CleanFile | None:
    """Check and clean one file; what it is not becomes a problem."""
    rule = uploads.PICTURE if value.media_type else uploads.DOCUMENT
    try:
        return uploads.inspect(io.BytesIO(value.content), name, rule)
    except uploads.UploadError:
        kind = errors.IMAGE_KIND if value.media_type else errors.FILE_TEXT
        problems.append(errors.at(path, kind))
        return None


def _clean(spec: ColumnSpec, value: Any) -> Any:
    if codes.is_code(spec.kind):
        return codes.inward(spec.kind, value)
    if isinstance(spec.kind, Number):
        return spec.kind.clean(value)
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
    return {name: _stored(value) for name, value in values.items()}


def _stored(value: Any) -> Any:
    if isinstance(value, uploads.CleanFile):
        return files.keep(value)
    if isinstance(value, list) and value and isinstance(value[0], uploads.CleanFile):
        return files.keep_all(value)
    return value


def midnight(day: date) -> datetime:
    """Give the beginning of a day in China."""
    return datetime.combine(day, time(), tzinfo=clock.CHINA)


def address(number: int | None) -> str | None:
    """Give where a kept file is opened by who may see its row; none where there is no file."""
    return url_for("FileView.show", file_id=number, _external=True) if number else None


def papers(numbers: Iterable[int] | None) -> list[dict[str, Any]]:
    """Give the name and address of each of several kept files."""
    wanted = list(numbers or ())
    known = files.names_of(wanted) if wanted else {}
    return [{"name": known.get(one, ("", False))[0], "url": address(one)} for one in wanted]


def shown(columns: Mapping[str, ColumnSpec], row: Any) -> dict[str, Any]:
    """Give the columns of a row by their wire names, codes as the wire writes them."""
    found: dict[str, Any] = {}
    for name, spec in columns.items():
        value = getattr(row, spec.name)
        if isinstance(spec.kind, Document):
            value = papers(value) if isinstance(spec.kind, Documents) else address(value)
        elif value is not None and codes.is_code(spec.kind):
            value = codes.outward(spec.kind.table, value)  # type: ignore[attr-defined]
        found[name] = value
    return found
