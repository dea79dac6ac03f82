"""A running server, a project with an interface, and the site system that talks to it."""

import threading
from types import SimpleNamespace

import pytest
from werkzeug.serving import make_server

from tests.factories import enterprises, openapi, projects
from tests.openapi.site_system import SiteSystem


@pytest.fixture
def server(app):
    """Serve the application on a port of its own; gives the port."""
    running = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running.server_port
    running.shutdown()
    thread.join()


@pytest.fixture
def site(system, server):
    """Give a site system bound to a project under construction, and what it knows."""
    with system():
        firm = enterprises.enterprise()
        project = projects.project(firm)
        opened = openapi.client(project)
        unit = projects.general_contractor_unit(project)
        facts = SimpleNamespace(
            project_id=project.id, code=project.project_no, client_id=opened.client.id,
            firm_id=firm.id, corp_code=unit.credit_code, corp_name=unit.name,
        )  # fmt: skip
        talker = SiteSystem(server, opened.client.app_id, opened.secret)
    talker.facts = facts
    talker.head = {
        "projectCode": facts.code, "corpCode": facts.corp_code, "corpName": facts.corp_name,
    }  # fmt: skip
    return talker


@pytest.fixture
def neighbour(system, server):
    """Give the site system of another contractor's project."""
    with system():
        project = projects.project(enterprises.enterprise())
        opened = openapi.client(project)
        unit = projects.general_contractor_unit(project)
        talker = SiteSystem(server, opened.client.app_id, opened.secret)
        talker.head = {
            "projectCode": project.project_no, "corpCode": unit.credit_code,
            "corpName": unit.name,
        }  # fmt: skip
        talker.project_id = project.id
    return talker
