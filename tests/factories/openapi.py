"""Clients of the interface, and messages a site system sends."""

import base64
import io

from PIL import Image

from app.core import scope
from app.openapi import passes, services
from app.openapi.choices import Environment
from tests.factories import numbered, people

SETTINGS = {
    "vendor_contact": "技术员", "vendor_mobile": "13800000000", "software": "实名制终端",
    "software_version": "3.1", "enabled": True,
    "scopes": ["TEAM", "WORKER", "ATTENDANCE", "WAGE"],
}  # fmt: skip


def client(of, **values):
    """Open an access of a vendor to a project; gives the row and its secret.

    Live unless said otherwise: the vendor's software has passed the self-test.
    """
    given = {
        **SETTINGS, "vendor_name": numbered("厂商"), "environment": Environment.LIVE, **values
    }  # fmt: skip
    if given["environment"] is Environment.LIVE:
        passes.record(given["vendor_name"], given["software"])
    return services.open_client(of, given, actor=scope.SYSTEM)


def picture(width=102, height=126, kind="JPEG"):
    """Draw a picture as devices send it, in base64."""
    content = io.BytesIO()
    Image.new("RGB", (width, height), (90, 120, 150)).save(content, kind)
    return base64.b64encode(content.getvalue()).decode()


def worker_item(site, human=None, **changes):
    """Write one item of ProjectWorker.Add with every field the description demands."""
    human = human or people.person()
    return {
        "workerName": human.name, "isTeamLeader": 0, "idCardType": "01",
        "idCardNumber": site.encrypt(human.id_number), "workType": "020", "workRole": 20,
        "nation": "汉", "address": "建设路1号", "headImage": picture(), "politicsType": "13",
        "cellPhone": human.mobile, "cultureLevelType": "02", "grantOrg": "某某市公安局",
        **changes,
    }  # fmt: skip
