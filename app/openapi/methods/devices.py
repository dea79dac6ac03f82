"""考勤设备: Device.Heartbeat, added by this platform (screens.md 7.4)."""

from dataclasses import replace
from typing import Any

from app.attendance.devices import services
from app.attendance.devices.models import Device
from app.extensions import db
from app.openapi import errors
from app.openapi.choices import Content
from app.openapi.methods.base import Method, Task
from app.openapi.schemas import columns_of, fields_of
from app.openapi.wire import Field, Kind

COLUMNS = columns_of(Device)
REPORTED = ("queueLength", "firmware", "faceCount")
HEARTBEAT = (
    *(replace(one, required=one.name == "deviceSn") for one in fields_of(Device)),
    Field("time", Kind.INSTANT, required=True),
)
REPLY = (Field("deviceSn"), Field("serverTime", Kind.INSTANT), Field("clockOffset", Kind.INTEGER))
UNKNOWN = "未登记,请先在“考勤设备”中登记该设备!"


def heartbeat(task: Task) -> dict[str, Any]:
    """Keep a heartbeat at once and tell the device how far its clock is off, in seconds.

    The sandbox has no devices: there every serial number is answered and nothing kept.
    """
    read = task.read(HEARTBEAT)
    facts = {COLUMNS[name].name: read.get(name) for name in REPORTED}
    if task.caller.in_sandbox:
        offset: int | None = round((read["time"] - task.now).total_seconds())
    else:
        offset = services.take_heartbeat(
            task.caller.project_id, read["deviceSn"], read["time"], facts, actor=task.actor
        )
    if offset is None:
        raise errors.ParameterRefused(errors.at(["deviceSn"], UNKNOWN))
    db.session.commit()
    row = {"deviceSn": read["deviceSn"], "serverTime": task.now, "clockOffset": offset}
    return task.reply(REPLY, [row])[0]


METHODS = (
    Method(
        "Device.Heartbeat", "设备心跳", HEARTBEAT, Content.ATTENDANCE, reply=REPLY,
        answer=heartbeat,
        notes=(
            "建议每5分钟一次;立即返回结果,无需查询异步结果。",
            "time 为设备当前时间;clockOffset 为设备快于系统的秒数,超过300秒请校时。",
        ),
    ),
)  # fmt: skip
