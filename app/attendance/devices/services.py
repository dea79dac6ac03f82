"""Registering, binding and switching devices; their heartbeats (screens.md 7.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.attendance.devices import queries
from app.attendance.devices.models import Device
from app.core import clock, scope
from app.core.errors import Refusal, refuse_all
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project
from app.projects.services import claim_city_key, release_city_key
from app.projects.states import require

KIND = "device"
TYPED = (
    "name", "vendor", "model", "direction", "location", "gate", "ip", "port", "liveness",
    "installed_on",
)  # fmt: skip
MOST_SECONDS = 2**31 - 1


class NotYourDevice(Refusal):
    """Only who keeps the whole project keeps its devices."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("Only the general contractor of the project keeps its devices"))


class DeviceTaken(Refusal):
    """A device of this serial number is bound in the city already."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "A device of this serial number is bound to a project already: check the number,"
                " or have it unbound there first"
            ),
            field="device_sn",
        )


class DeviceKnown(Refusal):
    """The project has, or had, this device: it is bound again instead of registered anew."""

    def __init__(self) -> None:
        super().__init__(
            _("This device stands on the list of the project: bind it there again"),
            field="device_sn",
        )


class DeviceUnbound(Refusal):
    """An unbound device is not switched."""

    def __init__(self) -> None:
        super().__init__(_("The device is unbound: bind it to the project first"))


def _require(project: Project, actor: scope.Principal) -> None:
    if actor.audience is scope.Audience.SYSTEM:
        return
    if not actor.can("write", Area.INTERFACES) or project.id not in actor.projects:
        raise NotYourDevice


def _project(device: Device) -> Project:
    return db.session.get_one(Project, device.project_id)


def register_device(
    project: Project, values: Mapping[str, Any], *, actor: scope.Principal
) -> Device:
    """Register a device and bind it to the project; its serial number is unique in the city."""
    _require(project, actor)
    require("interface", project)
    serial = values["device_sn"]
    known = db.session.scalar(
        select(Device.id).where(Device.project_id == project.id, Device.device_sn == serial)
    )
    refuse_all([DeviceKnown()] if known else [])
    row = Device(
        project_id=project.id,
        device_sn=serial,
        **{name: values.get(name) for name in TYPED if values.get(name) is not None},
    )
    db.session.add(row)
    db.session.flush()
    claim_city_key(KIND, serial, project.id, row.id, refusal=DeviceTaken)
    return row


def change_device(device: Device, values: Mapping[str, Any], *, actor: scope.Principal) -> Device:
    """Change what is known of a device; another serial number is another device."""
    _require(_project(device), actor)
    for name in TYPED:
        if name in values:
            setattr(device, name, values[name])
    db.session.flush()
    return device


def unbind_device(device: Device, *, actor: scope.Principal) -> Device:
    """Unbind a device from its project, so that it can be bound to another."""
    _require(_project(device), actor)
    device.bound = device.enabled = False
    db.session.flush()
    release_city_key(KIND, device.project_id, device.id)
    return device


def bind_device(device: Device, *, actor: scope.Principal) -> Device:
    """Bind a device to its project again, if it is free."""
    _require(_project(device), actor)
    require("interface", _project(device))
    claim_city_key(KIND, device.device_sn, device.project_id, device.id, refusal=DeviceTaken)
    device.bound = device.enabled = True
    db.session.flush()
    return device


def enable_device(device: Device, *, actor: scope.Principal) -> Device:
    """Put a bound device into use again."""
    return _switch(device, actor, on=True)


def disable_device(device: Device, *, actor: scope.Principal) -> Device:
    """Take a device out of use; its punches are kept as those of an unregistered channel."""
    return _switch(device, actor, on=False)


def _switch(device: Device, actor: scope.Principal, *, on: bool) -> Device:
    _require(_project(device), actor)
    if not device.bound:
        raise DeviceUnbound
    device.enabled = on
    db.session.flush()
    return device


def take_heartbeat(
    project_id: int, serial: str, sent_at: datetime, facts: Mapping[str, Any],
    *, actor: scope.Principal,
) -> int | None:  # fmt: skip
    """Keep a heartbeat and what came with it; gives the clock's offset in seconds.

    None where the project has no such device.
    """
    device = queries.bound_device(project_id, serial)
    if device is None or (
        actor.audience is not scope.Audience.SYSTEM and project_id not in actor.projects
    ):
        return None
    now = clock.now()
    offset = round((sent_at - now).total_seconds())
    device.last_heartbeat_at = now
    device.clock_offset = max(-MOST_SECONDS, min(MOST_SECONDS, offset))
    for name in ("queue_length", "firmware", "face_count"):
        if facts.get(name) is not None:
            setattr(device, name, facts[name])
    db.session.flush()
    return offset
