"""Accesses of vendors: their numbers, secrets, states, and who may keep them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from werkzeug.security import generate_password_hash

from app.core import clock, scope
from app.core.errors import NotAllowed, Refusal
from app.extensions import db
from app.openapi import services
from app.openapi.choices import ClientState
from app.openapi.models import ApiCall, ApiClient
from app.openapi.refusals import (
    NoProjectNumber,
    NotTheGeneralContractor,
    PasswordNeeded,
    ReasonNeeded,
    VendorTaken,
)
from app.permissions import Area
from app.projects.choices import ProjectState
from app.projects.events import project_approved
from app.projects.models import Project
from tests.factories import enterprises, openapi, people, projects
from tests.openapi.site_system import SiteSystem, china_now
from tests.openapi.test_journey import attend, enrol, punch, team

KEEP = frozenset({("read", Area.INTERFACES), ("write", Area.INTERFACES)})


def contractor(project, user=None):
    return scope.Principal(
        scope.Audience.TENANT, permissions=KEEP, enterprises=(project.general_contractor_id,),
        projects=(project.id,), user=user, user_id=getattr(user, "id", None),
    )  # fmt: skip


def test_the_first_appid_is_the_project_number_and_later_ones_are_hex(work):
    project = projects.project(enterprises.enterprise())
    first, second = openapi.client(project), openapi.client(project)
    assert first.client.app_id == project.project_no
    assert re.fullmatch(r"[0-9a-f]{32}", second.client.app_id)
    assert re.fullmatch(r"[0-9a-f]{32}", first.secret)
    assert first.secret != second.secret


def test_a_secret_is_encrypted_in_the_database_and_comes_back_whole(work):
    opened = openapi.client(projects.project(enterprises.enterprise()))
    stored = work.scalar(
        text("select app_secret from api_client where id = :id"), {"id": opened.client.id}
    )
    assert opened.secret not in stored
    work.expire_all()
    assert work.get(ApiClient, opened.client.id).app_secret == opened.secret


def test_one_live_access_a_vendor(work):
    project = projects.project(enterprises.enterprise())
    openapi.client(project, vendor_name="甲厂")
    with pytest.raises(VendorTaken):
        openapi.client(project, vendor_name="甲厂")


def test_an_access_ends_today_at_the_earliest(work):
    project = projects.project(enterprises.enterprise())
    today = clock.today()
    with pytest.raises(Refusal) as refusal:
        openapi.client(project, valid_to=today - timedelta(days=1))
    assert refusal.value.field == "valid_to"

    client = openapi.client(project, valid_to=today).client
    client.valid_to = today - timedelta(days=3)
    work.flush()
    kept = services.change_client(client, {"valid_to": client.valid_to}, actor=scope.SYSTEM)
    assert kept.valid_to == today - timedelta(days=3)
    with pytest.raises(Refusal):
        services.change_client(client, {"valid_to": today - timedelta(days=2)}, actor=scope.SYSTEM)


def test_a_project_without_number_gets_no_access(work):
    project = projects.project(enterprises.enterprise(), project_no=None)
    with pytest.raises(NoProjectNumber):
        openapi.client(project)


@pytest.mark.parametrize(
    ("state", "expected"),
    [(ProjectState.DRAFT, ClientState.TESTED), (ProjectState.APPROVED, ClientState.LIVE)],
)
def test_a_client_is_live_as_soon_as_its_project_is_approved(work, state, expected):
    project = projects.project(enterprises.enterprise(), state=state)
    assert openapi.client(project).client.state is expected


def test_the_approval_of_a_project_puts_its_accesses_in_force(work):
    project = projects.project(enterprises.enterprise(), state=ProjectState.DRAFT)
    client = openapi.client(project).client
    work.execute(text("set local app.verb = 'approve'"))
    work.execute(text("update project set state = 'APPROVED' where id = :id"), {"id": project.id})
    work.expire(project)
    official = scope.Principal(scope.Audience.GOVERNMENT, districts=(project.district_code,))
    with scope.act_as(official):
        project_approved.send(project=project, actor=official)
    assert client.state is ClientState.LIVE


def test_only_the_general_contractor_opens_an_access(work):
    project = projects.project(enterprises.enterprise())
    stranger = scope.Principal(scope.Audience.TENANT, permissions=KEEP, enterprises=(1,))
    with pytest.raises(NotTheGeneralContractor):
        services.open_client(project, {**openapi.SETTINGS, "vendor_name": "乙厂"}, actor=stranger)


class Account:
    """As much of an account as the service reads."""

    def __init__(self, password):
        self.id, self.password = 1, password


def test_a_new_secret_asks_for_password_and_reason(work):
    project = projects.project(enterprises.enterprise())
    opened = openapi.client(project)
    actor = contractor(project, Account(generate_password_hash("right", "pbkdf2:sha256:1")))
    with pytest.raises(PasswordNeeded):
        services.replace_secret(opened.client, password="wrong", reason="泄露", actor=actor)
    with pytest.raises(ReasonNeeded):
        services.replace_secret(opened.client, password="right", reason=" ", actor=actor)
    with pytest.raises(NotAllowed):
        services.replace_secret(
            opened.client, password="right", reason="泄露", actor=contractor(project)
        )
    fresh = services.replace_secret(opened.client, password="right", reason="泄露", actor=actor)
    assert fresh != opened.secret
    reason = work.scalar(text(
        "select reason from audit_entry where table_name = 'api_client' and row_id = :id"
        " and action = 'update' order by id desc limit 1"
    ), {"id": opened.client.id})  # fmt: skip
    assert reason == "泄露"


def of(system, site, **changes):
    """Change the access of a site system behind its back."""
    with system():
        row = db.session.get(ApiClient, site.facts.client_id)
        for name, value in changes.items():
            setattr(row, name, value)


def test_a_disabled_access_is_refused_and_works_again_once_enabled(site, system):
    with system():
        services.disable(db.session.get(ApiClient, site.facts.client_id), actor=scope.SYSTEM)
    reply = site.call("CheckSign.Query", {})
    assert (reply["code"], "已停用" in reply["message"]) == ("-3", True)
    with system():
        services.enable(db.session.get(ApiClient, site.facts.client_id), actor=scope.SYSTEM)
    assert site.call("CheckSign.Query", {})["code"] == "0"


def test_the_switch_of_the_settings_closes_the_interface(site, system):
    of(system, site, enabled=False)
    for method in ("CheckSign.Query", "Team.Query", "Payroll.Query"):
        reply = site.call(method, {})
        assert (reply["code"], reply["message"]) == ("-3", "无API访问权限:接口已停用!")


def test_a_method_of_the_standard_that_is_not_open_yet_is_named(site):
    reply = site.call("wageplan.query", {})
    assert (reply["code"], reply["message"]) == ("-3", "无API访问权限:WagePlan.Query暂未开放!")


def test_switch_and_state_go_together(work):
    project = projects.project(enterprises.enterprise())
    client = openapi.client(project).client
    assert (client.state, client.standing) == (ClientState.LIVE, ClientState.LIVE)

    services.change_client(client, {"enabled": False}, actor=scope.SYSTEM)
    assert client.state is ClientState.DISABLED
    services.change_client(client, {"enabled": True}, actor=scope.SYSTEM)
    assert client.state is ClientState.LIVE
    services.disable(client, actor=scope.SYSTEM)
    assert (client.enabled, client.state) == (False, ClientState.DISABLED)
    services.enable(client, actor=scope.SYSTEM)
    assert (client.enabled, client.state) == (True, ClientState.LIVE)


def test_an_access_switched_off_before_the_approval_does_not_go_live_by_it(work):
    project = projects.project(enterprises.enterprise(), state=ProjectState.DRAFT)
    client = openapi.client(project).client
    services.disable(client, actor=scope.SYSTEM)
    assert (client.state, client.standing) == (ClientState.TESTED, ClientState.DISABLED)

    work.execute(text("set local app.verb = 'approve'"))
    work.execute(
        update(Project.__table__)
        .where(Project.__table__.c.id == project.id)
        .values(state=ProjectState.APPROVED)
    )
    work.refresh(project)
    services.settle_state(client, project, clock.today())
    assert client.state is ClientState.TESTED
    services.enable(client, actor=scope.SYSTEM)
    assert client.state is ClientState.LIVE


def test_contents_that_were_not_ticked_are_forbidden(site, system):
    of(system, site, scopes=["TEAM"])
    assert site.call("Team.Query", {})["code"] == "0"
    reply = site.call("ProjectWorker.Query", {})
    assert (reply["code"], "无API访问权限" in reply["message"]) == ("-3", True)


@pytest.mark.parametrize(
    ("ranges", "code"),
    [("127.0.0.1", "0"), ("10.0.0.0/8\n127.0.0.0/8", "0"), ("203.0.113.7", "-4")],
)
def test_only_announced_addresses_may_call(site, system, ranges, code):
    of(system, site, ip_allow=ranges)
    reply = site.call("CheckSign.Query", {})
    assert (site.status, reply["code"]) == (200, code)


def test_an_access_ends_on_its_last_day(site, system):
    of(system, site, valid_to=clock.today())
    assert site.call("CheckSign.Query", {})["code"] == "0"
    of(system, site, valid_to=china_now(days=-1).date())
    assert site.call("CheckSign.Query", {})["code"] == "-3"
    with system():
        assert db.session.get(ApiClient, site.facts.client_id).state is ClientState.EXPIRED


def test_an_access_goes_live_with_the_approval_of_the_project(system, server):
    with system():
        project = projects.project(enterprises.enterprise(), state=ProjectState.DRAFT)
        opened = openapi.client(project)
        talker = SiteSystem(server, opened.client.app_id, opened.secret)
        project_id = project.id
    assert talker.call("CheckSign.Query", {})["code"] == "0"
    assert talker.call("Team.Query", {})["code"] == "-3"
    with system():
        db.session.connection().execute(text("set local app.verb = 'approve'"))
        db.session.connection().execute(
            Project.__table__.update()
            .where(Project.__table__.c.id == project_id)
            .values(state=ProjectState.APPROVED)
        )
    assert talker.call("Team.Query", {})["code"] == "0"


def test_a_makers_proof_is_asked_for_where_its_key_is_kept(site, system):
    key = "ffffffffeeeeeeeeddddddddcccccccc"
    of(system, site, corp_key=key)
    assert site.call("CheckSign.Query", {})["code"] == "-2"
    stamp = china_now().strftime("%Y%m%d%H%M%S")
    proof = site.encrypt(key + stamp)
    assert site.call("CheckSign.Query", {}, timestamp=stamp, corpsign=proof)["code"] == "0"


def test_the_call_log_names_no_person(site, system):
    human = people.person()
    number = team(site)
    enrol(site, number, human)
    enrol(site, number, human)
    attend(site, number, punch(site, human, china_now(days=3)))
    site.call("ProjectWorker.Query", {"idCardNumber": human.id_number})
    with system():
        calls = db.session.query(ApiCall).filter_by(client_id=site.facts.client_id).all()
        kept = [
            " ".join(str(getattr(call, name.key)) for name in ApiCall.__table__.columns)
            for call in calls
        ]
    assert len(kept) >= 7
    for line in kept:
        assert human.id_number not in line
        assert human.name not in line
        assert site.secret not in line
    assert any("ProjectWorker.Query" in line and "-1" in line for line in kept)


def test_a_call_of_nobody_is_not_kept(site, system):
    site.call("CheckSign.Query", {}, appid="nobody")
    with system():
        assert db.session.query(ApiCall).filter_by(app_id="nobody").count() == 0
