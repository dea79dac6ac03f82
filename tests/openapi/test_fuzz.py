"""Nonsense in every place: an answer in the interface's form, and nothing half written.

``FUZZ=2000`` asks for that many examples of each test (``make fuzz``).
"""

import base64
import io
import json
import os
import resource
import struct
import urllib.parse
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.attendance.models import OddPunch, Punch
from app.extensions import db
from app.openapi.methods import METHODS
from app.roster.models import ProjectWorker, Team
from tests.factories import openapi, people
from tests.openapi.site_system import FORM, china_now
from tests.openapi.test_journey import punch, team

EXAMPLES = int(os.environ.get("FUZZ", "25"))
CODES = {"0", "-1", "-2", "-3", "-4", "-5"}
MOST_MEMORY = 600 * 1024  # KiB more than before
fuzz = settings(
    max_examples=EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip

ODD = st.sampled_from([
    "", " ", "\u202e逆", "\u0007", "\x7f", "\u2028", "\ufeff", "9" * 400, "1e9999", "-1", "NaN",
    "data:image/jpeg;base64,/9j/", "AAA", "AA==", "AAAA=", "2026-02-30 25:61:61", "{}", "[]",
    "69tji3W8zjYG0wK80b6ZK80Z7cRtSgSueebtJ", "' or 1=1 --", "%s%n", "\\u0000", "龘" * 300,
])  # fmt: skip
SCALAR = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-(10**300), 10**300),
    st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=30), ODD,
)  # fmt: skip
JSON = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)  # fmt: skip


def told(site, reply):
    assert site.status == 200
    assert reply["code"] in CODES, reply
    assert "系统处理异常" not in reply["message"], reply
    return reply


def written(system, site):
    with system():
        return [
            db.session.scalar(
                select(func.count()).select_from(table).where(
                    table.project_id == site.facts.project_id
                )
            )
            for table in (Team, ProjectWorker, Punch, OddPunch)
        ]  # fmt: skip


@fuzz
@given(body=st.binary(max_size=300), kind=st.sampled_from([
    FORM, "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "",
]))  # fmt: skip
def test_any_bytes_are_answered(site, body, kind):
    told(site, site.post(body, kind))


@fuzz
@given(
    changes=st.dictionaries(
        st.sampled_from(["appid", "method", "nonce", "timestamp", "version", "format", "corpsign"]),
        st.text(max_size=70) | ODD, min_size=1, max_size=3,
    ),
    twice=st.booleans(),
)  # fmt: skip
def test_any_envelope_is_answered(site, changes, twice):
    method = changes.pop("method", "CheckSign.Query")
    parameters = site.parameters(method, {}, **changes)
    pairs = [*parameters.items()] * (2 if twice else 1)
    line = urllib.parse.urlencode(pairs, errors="surrogatepass").encode()
    reply = told(site, site.post(line, FORM))
    assert not twice or reply["code"] == "-1"


@fuzz
@given(method=st.sampled_from(sorted(METHODS)), data=JSON | st.dictionaries(
    st.sampled_from(["projectCode", "teamSysNo", "dataList", "workerList", "corpCode", "corpName",
                     "pageIndex", "pageSize", "date", "teamName", "idCardNumber"]), JSON,
))  # fmt: skip
def test_any_data_is_answered_and_a_refusal_writes_nothing(site, system, method, data):
    before = written(system, site)
    reply = told(site, site.call(method, json.dumps(data)))
    if reply["code"] != "0":
        assert written(system, site) == before


@fuzz
@given(name=st.sampled_from(["idCardType", "idCardNumber", "date", "direction", "image", "channel",
                             "attendType", "lng", "lat"]), value=JSON)  # fmt: skip
def test_a_punch_with_anything_in_a_field_is_kept_or_refused_as_a_whole(
    site, system, number, name, value
):
    good = punch(site, people.person(), china_now(minutes=-3))
    before = written(system, site)[2]
    reply = told(site, site.call("WorkerAttendance.Add", {
        "projectCode": site.facts.code, "teamSysNo": number,
        "dataList": [good, {**good, name: value}],
    }))  # fmt: skip
    if reply["code"] != "0":
        assert written(system, site)[2] == before


@pytest.fixture
def number(site):
    return team(site)


@pytest.mark.parametrize("text", [
    pytest.param('{"a":' * 100_000 + "1" + "}" * 100_000, id="deep objects"),
    pytest.param("[" * 200_000, id="deep lists, never closed"),
    pytest.param('{"teamName":"甲","teamName":"乙"}', id="a key twice"),
    pytest.param('{"teamSysNo":' + "9" * 100_000 + "}", id="a number without end"),
    pytest.param('{"teamSysNo":1e999999999}', id="an exponent without end"),
    pytest.param('{"teamName":"\\ud800"}', id="half a character"),
    pytest.param('{"teamName":NaN}', id="no number"),
])  # fmt: skip
def test_data_made_to_hurt_is_refused(site, system, text):
    before = written(system, site)
    assert told(site, site.call("Team.Add", text))["code"] == "-1"
    assert written(system, site) == before


def bomb(width, height):
    """Draw a picture that is small on the line and huge in memory."""

    def chunk(kind, content):
        whole = kind + content
        return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))

    packer, packed = zlib.compressobj(9), io.BytesIO()
    line = b"\x00" + bytes((width + 7) // 8)
    for _line in range(height):
        packed.write(packer.compress(line))
    packed.write(packer.flush())
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return base64.b64encode(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed.getvalue())
        + chunk(b"IEND", b"")
    ).decode()  # fmt: skip


def test_a_bomb_inside_a_picture_is_refused_in_little_memory(site, system, number):
    picture = bomb(15_000, 15_000)
    assert len(picture) < 60 * 1024
    before, memory = written(system, site), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    reply = told(site, site.call("WorkerAttendance.Add", {
        "projectCode": site.facts.code, "teamSysNo": number,
        "dataList": [punch(site, people.person(), china_now(minutes=-3), image=picture)],
    }))  # fmt: skip
    worker = told(site, site.call("ProjectWorker.Add", {
        **site.head, "teamSysNo": number, "teamName": "钢筋一班",
        "workerList": [openapi.worker_item(site, headImage=picture)],
    }))  # fmt: skip

    assert (reply["code"], worker["code"]) == ("-1", "-1")
    assert written(system, site) == before
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < MOST_MEMORY
