"""Devices at the gates of a project (screens.md 7.2)."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from app.core import clock, scope
from app.core.columns import (
    N_,
    Choice,
    ChoiceOf,
    Date,
    Flag,
    Instant,
    Integer,
    Text,
    column,
)  # fmt: skip
from app.core.models import ProjectRow

FORM = ("form",)
SILENT_AFTER = timedelta(minutes=10)  # a device sends its heartbeat every few minutes


class Passage(Choice):
    """方向 of a device."""

    INWARD = N_("Inward")
    OUTWARD = N_("Outward")
    BOTH = N_("Both ways")


class Device(ProjectRow):
    """考勤设备 bound to a project; its serial number is unique in the city while it is bound.

    A device that moves on is unbound here, which keeps the row, and registered there anew.
    """

    __scope__ = scope.by_project()
    __picker__ = ("name",)

    device_sn: Mapped[Any] = column(
        Text(64), label=_("Serial number of the device"), required_at=FORM, nullable=False,
        api="deviceSn", help=_("As on its label; no other bound device of the city has it"),
    )  # fmt: skip
    name: Mapped[Any] = column(Text(100), label=_("Name of the device"), required_at=FORM)
    vendor: Mapped[Any] = column(Text(100), label=_("Maker of the device"), required_at=FORM)
    model: Mapped[Any] = column(Text(100), label=_("Model of the device"))
    direction: Mapped[Any] = column(ChoiceOf(Passage), label=_("Way through"), required_at=FORM)
    location: Mapped[Any] = column(Text(200), label=_("Place of the device"), required_at=FORM)
    gate: Mapped[Any] = column(
        Text(50), label=_("Entrance"),
        help=_("As punches name it in their channel; otherwise serial number or name is compared"),
    )  # fmt: skip
    ip: Mapped[Any] = column(Text(45), label=_("Address of the device"))
    port: Mapped[Any] = column(Integer(1, 65_535), label=_("Port"))
    liveness: Mapped[Any] = column(
        Flag, label=_("Tells a living face"), required_at=FORM, nullable=False, default=False
    )
    installed_on: Mapped[Any] = column(Date(past=True), label=_("Installed on"), required_at=FORM)
    enabled: Mapped[Any] = column(
        Flag, label=_("Device is enabled"), nullable=False, default=True, readonly=True
    )
    bound: Mapped[Any] = column(
        Flag, label=_("Bound to the project"), nullable=False, default=True, readonly=True
    )
    last_heartbeat_at: Mapped[Any] = column(Instant, label=_("Last heartbeat"), readonly=True)
    clock_offset: Mapped[Any] = column(
        Integer(-(2**31), 2**31 - 1, unit=_("seconds")), label=_("Clock offset"), readonly=True
    )
    queue_length: Mapped[Any] = column(
        Integer(0, 2**31 - 1), label=_("Punches not sent yet"), readonly=True, api="queueLength"
    )
    firmware: Mapped[Any] = column(Text(50), label=_("Firmware"), readonly=True, api="firmware")
    face_count: Mapped[Any] = column(
        Integer(0, 2**31 - 1), label=_("Persons sent to the device"), readonly=True,
        api="faceCount",
    )  # fmt: skip

    __table_args__ = (UniqueConstraint("project_id", "device_sn"),)

    @property
    def online(self) -> bool:
        """Whether a heartbeat came lately."""
        last = self.last_heartbeat_at
        return bool(last and clock.now() - last <= SILENT_AFTER)
