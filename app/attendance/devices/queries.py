"""Reads of devices and what passed at them (screens.md 7.2)."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from sqlalchemy import func, select

from app.attendance.devices.models import Device
from app.attendance.models import Punch
from app.core import clock
from app.extensions import db

MOST_SHOWN = 200


def _midnight() -> datetime:
    return datetime.combine(clock.today(), time(), tzinfo=clock.CHINA)


def channels(project_id: int) -> dict[str, str]:
    """Give the serial numbers of a project's devices by what punches may call them."""
    found: dict[str, str] = {}
    rows = db.session.execute(
        select(Device.device_sn, Device.name, Device.gate).where(
            Device.project_id == project_id,
            Device.bound,
            Device.enabled,
            Device.is_deleted.is_(False),
        )
    )
    for serial, *names in rows:
        for name in (serial, *filter(None, names)):
            found.setdefault(name, serial)
    return found


def bound_device(project_id: int, serial: str) -> Device | None:
    """Give the device of a project by its serial number, while it is bound."""
    return db.session.scalars(
        select(Device).where(
            Device.project_id == project_id, Device.device_sn == serial, Device.bound,
            Device.is_deleted.is_(False),
        )
    ).one_or_none()  # fmt: skip


def punches_today(devices: Iterable[Any]) -> dict[int, int]:
    """Count what passed today at each of some devices."""
    rows = list(devices)
    counted: dict[str, int] = dict(
        db.session.execute(
            select(Punch.device_sn, func.count())
            .where(
                Punch.project_id.in_({row.project_id for row in rows}),
                Punch.punched_at >= _midnight(),
                Punch.device_sn.in_({row.device_sn for row in rows}),
            )
            .group_by(Punch.device_sn)
        ).all()
    )
    return {row.id: counted.get(row.device_sn, 0) for row in rows}


def passages_today(device: Device) -> list[Any]:
    """Give what passed today at a device, the latest first."""
    return list(
        db.session.execute(
            select(Punch.punched_at, Punch.name, Punch.direction, Punch.received_at)
            .where(
                Punch.project_id == device.project_id,
                Punch.punched_at >= _midnight(),
                Punch.device_sn == device.device_sn,
            )
            .order_by(Punch.punched_at.desc())
            .limit(MOST_SHOWN)
        )
    )
