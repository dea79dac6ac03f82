"""考勤设备: registered once in the city, bound and unbound, switched, heard (screens.md 7.2)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from app.attendance.devices import queries, services
from app.attendance.devices.models import Device, Passage
from app.attendance.models import Punch
from app.core import clock, scope
from app.enterprises.choices import EnterpriseType
from app.extensions import db
from tests.factories import enterprises, openapi, projects
from tests.openapi.site_system import SiteSystem, china_now

VALUES = {
    "device_sn": "SN-001", "name": "北门闸机", "vendor": "某某智能", "direction": Passage.BOTH,
    "location": "北门", "gate": "1号通道", "liveness": True,
}  # fmt: skip
FORM = {
    **VALUES, "direction": "BOTH", "liveness": "1", "installed_on": "2026-10-01", "ip": "",
    "port": "", "model": "",
}  # fmt: skip


def device(project, **values):
    given = {**VALUES, "installed_on": clock.today(), **values}
    return services.register_device(project, given, actor=scope.SYSTEM)


def test_a_serial_number_is_bound_once_in_the_city_and_free_after_unbinding(work):
    here = projects.project(enterprises.enterprise())
    there = projects.project(enterprises.enterprise())
    row = device(here)
    with pytest.raises(services.DeviceTaken), db.session.begin_nested():
        device(there, device_sn=" sn-001 ")
    with pytest.raises(services.DeviceKnown):
        device(here)
    services.unbind_device(row, actor=scope.SYSTEM)
    assert (row.bound, row.enabled) == (False, False)
    moved = device(there)
    with pytest.raises(services.DeviceTaken):
        services.bind_device(row, actor=scope.SYSTEM)
    services.unbind_device(moved, actor=scope.SYSTEM)
    services.bind_device(row, actor=scope.SYSTEM)
    assert (row.bound, row.enabled) == (True, True)


def test_an_unbound_device_is_not_switched(work):
    row = device(projects.project(enterprises.enterprise()))
    services.disable_device(row, actor=scope.SYSTEM)
    assert row.enabled is False
    services.unbind_device(row, actor=scope.SYSTEM)
    with pytest.raises(services.DeviceUnbound):
        services.enable_device(row, actor=scope.SYSTEM)


def test_only_the_contractor_of_the_project_keeps_its_devices(work):
    project = projects.project(enterprises.enterprise())
    stranger = scope.Principal(scope.Audience.TENANT, projects=(project.id + 1,))
    with pytest.raises(services.NotYourDevice):
        services.register_device(project, VALUES, actor=stranger)


@pytest.fixture
def site(system, server):
    """Give a site system and the device of its project."""
    with system():
        project = projects.project(enterprises.enterprise())
        opened = openapi.client(project)
        number = device(project).id
        talker = SiteSystem(server, opened.client.app_id, opened.secret)
        talker.project_id, talker.code, talker.device = project.id, project.project_no, number
    return talker


def beat(site, moment, **more):
    return site.call("Device.Heartbeat", {
        "deviceSn": "SN-001", "time": moment.strftime("%Y-%m-%d %H:%M:%S"), **more,
    })  # fmt: skip


def test_a_heartbeat_is_kept_at_once_and_tells_the_offset_of_the_clock(site, system):
    reply = beat(site, china_now(minutes=7), queueLength=12, firmware="V2.1", faceCount="350")
    assert reply["code"] == "0", reply
    assert 415 <= int(reply["data"]["clockOffset"]) <= 425
    with system():
        row = db.session.get_one(Device, site.device)
        assert row.online
        assert 415 <= row.clock_offset <= 425
        assert (row.queue_length, row.firmware, row.face_count) == (12, "V2.1", 350)
        row.last_heartbeat_at = clock.now() - timedelta(minutes=11)
        assert not row.online


def test_a_heartbeat_of_an_unknown_device_says_what_to_do(site, system):
    reply = beat(site, china_now(), deviceSn="SN-999")
    assert (reply["code"], reply["message"]) == (
        "-1", "[deviceSn]未登记,请先在“考勤设备”中登记该设备!",
    )  # fmt: skip
    reply = site.call("Device.Heartbeat", {"deviceSn": "SN-001"})
    assert reply["message"] == "[time]不能为空!"


def test_punches_of_a_registered_channel_belong_to_its_device(site, system):
    from tests.factories import people
    from tests.openapi.test_journey import attend, enrol, enter, punch, team

    with system():
        unit = projects.general_contractor_unit(projects_of(site))
        site.head = {"projectCode": site.code, "corpCode": unit.credit_code, "corpName": unit.name}
    human, number = people.person(), team(site)
    enrol(site, number, human)
    enter(site, number, human, day=china_now(days=-1))
    moment = china_now().replace(hour=0, minute=0, second=1)
    attend(
        site, number, punch(site, human, moment, channel="1号通道"),
        punch(site, human, moment, "02", channel="西门"),
    )  # fmt: skip
    with system():
        rows = {row.channel: row for row in db.session.query(Punch).all()}
        assert (rows["1号通道"].device_sn, rows["1号通道"].channel_known) == ("SN-001", True)
        assert (rows["西门"].device_sn, rows["西门"].channel_known) == (None, False)
        row = db.session.get_one(Device, site.device)
        assert queries.punches_today([row]) == {row.id: 1}


def projects_of(site):
    from app.projects.models import Project

    return db.session.get_one(Project, site.project_id)


@pytest.fixture
def here(system, signed_in):
    """Give a project's browsers: its contractor's, a stranger's, a subcontractor's, an office's."""
    with system():
        firm, other = enterprises.enterprise(), enterprises.enterprise()
        labour = enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR)
        project = projects.project(firm)
        projects.unit(project, labour)
        users = [enterprises.admin(one) for one in (firm, other, labour)]
        found = SimpleNamespace(project=project.id)
        users.append(enterprises.official())
    browsers = [signed_in(one) for one in users]
    found.contractor, found.stranger, found.labour, found.office = browsers
    for browser in (found.contractor, found.labour):
        with browser.session_transaction() as session:
            session["project_id"] = found.project
    return found


def test_a_device_is_registered_shown_switched_and_unbound_on_the_pages(here, system):
    answer = here.contractor.post("/devices/add", data=FORM)
    assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]
    with system():
        number = db.session.query(Device).one().id
    page = here.contractor.get(f"/devices/show/{number}").get_data(as_text=True)
    assert all(word in page for word in ("北门闸机", "SN-001", "离线", "今日流水", "解绑", "双向"))
    today = here.contractor.get(f"/devices/show/{number}?tab=today").get_data(as_text=True)
    assert "今日暂无流水" in today
    assert "北门闸机" in here.contractor.get("/devices/list/").get_data(as_text=True)
    assert "北门闸机" in here.office.get(f"/devices/show/{number}").get_data(as_text=True)
    for verb, enabled, bound in (
        ("disable", False, True), ("enable", True, True), ("unbind", False, False),
        ("bind", True, True),
    ):  # fmt: skip
        assert here.contractor.post(f"/devices/{number}/{verb}").status_code == 302
        with system():
            row = db.session.get_one(Device, number)
            assert (row.enabled, row.bound) == (enabled, bound)
    twice = here.contractor.post("/devices/add", data=FORM).get_data(as_text=True)
    assert 'href="#device_sn"' in twice


def test_others_find_no_device(here, system):
    with system():
        number = device(projects_of(SimpleNamespace(project_id=here.project))).id
    for browser in (here.stranger, here.labour):
        assert browser.get(f"/devices/show/{number}").status_code in {302, 403, 404}
        assert browser.post(f"/devices/{number}/unbind").status_code in {302, 403, 404}
        assert browser.post("/devices/add", data=FORM).status_code in {302, 403, 404}
    assert here.office.post(f"/devices/{number}/unbind").status_code in {302, 403, 404}
    with system():
        assert db.session.get_one(Device, number).bound
