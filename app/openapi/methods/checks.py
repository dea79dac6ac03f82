"""签名自检 and 异步结果: CheckSign.Query, AsyncHandleResult.Query (open-api.md 6)."""

from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.openapi import errors, protocol
from app.openapi.methods.base import Method, Task
from app.openapi.models import AsyncResult
from app.openapi.wire import Field, Kind

RESULT = (Field("requestSerialCode", max_length=64, required=True),)
RESULT_REPLY = (
    Field("requestSerialCode"),
    Field("status", Kind.INTEGER, dictionary="async_status"),
    Field("result"),
)


def check_sign(task: Task) -> dict[str, Any]:
    """Tell a client that its signature, secret and clock are right."""
    return {"projectCode": task.caller.project_no}


def result(task: Task) -> dict[str, Any]:
    """Tell what became of a write of this very client; another's is not found."""
    serial = task.read(RESULT)["requestSerialCode"]
    found = db.session.execute(
        select(AsyncResult.serial, AsyncResult.status, AsyncResult.result).where(
            AsyncResult.project_id == task.caller.project_id,
            AsyncResult.client_id == task.caller.id,
            AsyncResult.serial == serial,
        )
    ).one_or_none()
    if found is None:
        raise errors.ParameterRefused(errors.at(["requestSerialCode"], "不存在或已过期!"))
    return protocol.outcome(found.serial, protocol.Outcome(found.status), found.result or "")


METHODS = (
    Method(
        "CheckSign.Query", "签名自检", (), answer=check_sign,
        reply=(Field("projectCode"),), notes=("data 为 {}。",),
    ),
    Method(
        "AsyncHandleResult.Query", "查询异步处理结果", RESULT, reply=RESULT_REPLY, answer=result,
        notes=("status:0 处理中,10 失败,20 成功;result 为文本。结果至少保留7天。",),
    ),
)  # fmt: skip
