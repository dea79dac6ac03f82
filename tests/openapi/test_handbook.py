"""接口文档 of an access: what stands in it agrees with the interface (screens.md 7.1)."""

import html as entities
import json
import re
import subprocess
import sys

import pytest

from app.extensions import db
from app.openapi import handbook, samples
from app.openapi.choices import Environment
from app.openapi.conformance import CASES
from app.openapi.methods import METHODS
from app.openapi.models import ApiClient
from tests.factories import enterprises, openapi, projects
from tests.openapi.site_system import SiteSystem

ADDRESS = "https://example.cn/open.api"


@pytest.fixture
def access(work):
    """Give an access in the trial environment, and its secret."""
    project = projects.project(enterprises.enterprise())
    return openapi.client(project, environment=Environment.TRIAL, vendor_name="某某科技")


def page(client):
    return entities.unescape(handbook.html(client, ADDRESS))


def test_the_document_has_the_accesss_own_numbers_and_never_its_secret(access):
    text = page(access.client)
    assert all(word in text for word in (ADDRESS, access.client.app_id, "某某科技", "44079920"))
    assert access.secret not in text
    assert "None" not in re.sub(r"<code>.*?</code>|<pre.*?</pre>", "", text, flags=re.DOTALL)


def test_the_worked_signature_is_what_a_site_system_computes(access):
    text = page(access.client)
    talker = SiteSystem(0, access.client.app_id, handbook.SECRET)
    (number,) = set(re.findall(r'"projectCode":"(\d+)"', text))
    parameters = {
        "appid": access.client.app_id, "format": "json", "method": "Team.Query",
        "nonce": handbook.NONCE, "timestamp": handbook.STAMP, "version": "1.0",
        "data": json.dumps(
            {"pageIndex": 0, "pageSize": 50, "projectCode": number, "teamName": "钢筋一班"},
            ensure_ascii=False, separators=(",", ":"),
        ),
    }  # fmt: skip
    assert talker.sign(parameters) in text
    assert talker.encrypt("11010519491231002X") in text
    assert talker.encrypt(handbook.CORP_KEY + handbook.STAMP) in text


def test_every_method_field_dictionary_and_case_is_told(access):
    text = page(access.client)
    for method in METHODS.values():
        assert f"{method.name} <" in text
        for field in method.schema:
            assert f"<code>{field.name}</code>" in text
    assert "<code>·headImage</code>" in text
    assert all(case.advice in text for case in CASES)
    assert re.search(r"<code>020</code> \S+", text), "work types are listed"


def test_only_what_the_access_may_exchange_is_told(access):
    access.client.scopes = ["TEAM"]
    text = page(access.client)
    assert "Team.Add <" in text
    assert "WorkerAttendance.Add <" not in text


def test_every_example_of_a_method_is_valid_json_with_the_required_fields(access):
    facts = handbook._facts(access.client, ADDRESS)
    for shown, method in zip(facts["methods"], METHODS.values(), strict=True):
        example = json.loads(shown["example"])
        wanted = {one.name for one in method.schema if one.required}
        assert wanted <= set(example), method.name


def test_the_python_program_of_the_document_works_as_printed(system, server, tmp_path):
    with system():
        opened = openapi.client(projects.project(enterprises.enterprise()))
        text = samples.filled(
            samples.PYTHON, address=f"http://127.0.0.1:{server}/open.api",
            appid=opened.client.app_id, secret=opened.secret,
        )  # fmt: skip
    program = tmp_path / "call.py"
    program.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, timeout=60, check=True
    )
    assert "'code': '0'" in done.stdout


def test_the_document_is_downloaded_as_html_and_drawn_as_pdf(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        number = openapi.client(projects.project(firm)).client.id
        user = enterprises.admin(firm)
    browser = signed_in(user)
    answer = browser.get(f"/interface/document/{number}.html")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "开放数据接口文档" in answer.get_data(as_text=True)
    answer = browser.get(f"/interface/document/{number}.pdf")
    assert answer.status_code == 302
    assert "/export" in answer.headers["Location"]


def test_the_pdf_is_drawn_once_and_kept(access):
    with db.session.no_autoflush:
        client = db.session.get(ApiClient, access.client.id)
    assert handbook.drawn(client, ADDRESS) is None
    assert handbook.pdf(client, ADDRESS).startswith(b"%PDF")
    assert handbook.drawn(client, ADDRESS) is not None
