"""代码表: Dict.Query, one code list as it is now (screens.md 7.4)."""

import hashlib
import json
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.openapi import codes, errors, wire
from app.openapi.methods.base import Method, Task
from app.openapi.schemas import PAGING
from app.openapi.wire import Field, Schema
from app.reference.models import DictionaryEntry, DictionaryTable

QUERY = (*PAGING, Field("name", max_length=60))
ROW: Schema = (Field("code"), Field("name"), Field("nameEn"), Field("offered", numeric=True))
LISTED: Schema = (Field("name"), Field("title"))


def query(task: Task) -> dict[str, Any]:
    """Give a code list whole, with a version that changes with its content; or all their names."""
    name = task.read(QUERY).get("name")
    if name is None:
        lists = [
            {"name": wired, "title": codes.title(wired)}
            for wired in sorted(set(codes.wire_names().values()))
        ]
        return {**_whole(lists), "rows": lists}
    table = db.session.scalar(
        select(DictionaryTable.table_name).where(
            DictionaryTable.table_name == codes.own_name(name)
        )
    )  # fmt: skip
    if table is None or not codes.codes(name):
        raise errors.ParameterRefused(errors.at(["name"], errors.OUT_OF_RANGE))
    rows: list[dict[str, Any]] = [
        {"code": entry.wire or entry.code, "name": entry.label_zh, "nameEn": entry.label_en or "",
         "offered": int(entry.offered)}
        for entry in db.session.scalars(
            select(DictionaryEntry)
            .where(DictionaryEntry.table_name == table, DictionaryEntry.is_deleted.is_(False))
            .order_by(DictionaryEntry.position, DictionaryEntry.code)
        )
    ]  # fmt: skip
    return {"name": name, "title": codes.title(name), **_whole(rows), "rows": rows}


def _whole(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the paging of a list that is always answered whole, and its version."""
    version = hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:16]
    page = wire.Paging(0, max(1, len(rows))).reply(len(rows), [])
    return {**page, "version": version}


METHODS = (
    Method(
        "Dict.Query", "查询代码表", QUERY, reply=ROW, answer=query,
        notes=(
            "name 为代码表名称,如 work_type;不填时返回全部代码表的名称。",
            "一次返回整表;version 随内容变化,未变的无需重新保存。",
        ),
    ),
)  # fmt: skip
