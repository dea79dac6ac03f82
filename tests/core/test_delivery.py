"""Texts travel compressed, static files are kept for a year, and neither tells a secret."""

import gzip
import json
import re
from pathlib import Path

import pytest
from flask import Response

from app.core import delivery
from tests.factories import enterprises, projects

GZIP = {"Accept-Encoding": "gzip"}
CSS = "css/app.css"
CONTENT = (Path(delivery.__file__).parents[1] / "static" / CSS).read_bytes()


@pytest.fixture
def city(system, signed_in):
    """A browser of a signed-in contractor."""
    with system():
        user = enterprises.admin(enterprises.enterprise())
    return signed_in(user)


@pytest.fixture
def asset(app):
    """The address of the stylesheet, as templates write it."""
    with app.test_request_context():
        return app.url_for("static", filename=CSS)


def plain(answer):
    """A page without what differs from answer to answer."""
    text = gzip.decompress(answer.data).decode() if answer.content_encoding else answer.text
    return re.sub(r'(name="(?:padding|csrf[-_]token)" (?:content|value)=)"[^"]*"', r"\1", text)


def test_a_page_is_the_same_compressed_and_plain(city):
    packed, whole = city.get("/", headers=GZIP), city.get("/")

    assert packed.content_encoding == "gzip"
    assert len(packed.data) < len(whole.data) / 2
    assert whole.content_encoding is None
    assert plain(packed) == plain(whole)
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in whole.vary


def test_a_compressed_page_keeps_the_headers_of_every_answer(city):
    answer = city.get("/", headers=GZIP)

    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Request-Id"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_client_that_refuses_compression_gets_none(city):
    answer = city.get("/", headers={"Accept-Encoding": "gzip;q=0, br;q=0"})

    assert answer.content_encoding is None


@pytest.mark.parametrize(
    ("site", "encoding"),
    [("cross-site", None), ("same-site", None), ("same-origin", "gzip"), ("none", "gzip")],
)
def test_a_page_is_not_compressed_for_another_site_that_could_measure_it(city, site, encoding):
    assert city.get("/", headers={**GZIP, "Sec-Fetch-Site": site}).content_encoding == encoding


def test_the_length_of_a_page_differs_from_answer_to_answer(city):
    lengths = {len(city.get("/", headers=GZIP).data) for _try in range(8)}

    assert len(lengths) > 4


def test_the_answers_of_pickers_are_compressed(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        for _n in range(12):
            projects.project(firm)
        user = enterprises.admin(firm)

    answer = signed_in(user).get("/sites/options?q=&page=1", headers=GZIP)

    assert answer.content_encoding == "gzip"
    assert len(json.loads(gzip.decompress(answer.data))["results"]) == 12


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "image/png"])
def test_an_answer_sent_while_it_is_made_stays_so(app, kind):
    made = []

    def parts():
        for n in range(3):
            made.append(n)
            yield b"x" * 1000

    with app.test_request_context("/", headers=GZIP):
        answer = app.process_response(Response(parts(), mimetype=kind))

    assert answer.is_streamed
    assert answer.content_encoding is None
    assert made == []


def test_the_interface_answers_plainly_whatever_its_clients_claim(client):
    answer = client.post("/open.api", data={"data": "x" * 2000}, headers=GZIP)

    assert answer.content_encoding is None
    assert answer.json["code"] != "0"


def test_a_static_file_of_the_right_version_is_kept_for_a_year(client, asset):
    answer = client.get(asset, headers=GZIP)

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_encoding == "gzip"
    assert gzip.decompress(answer.data) == CONTENT


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000"])
def test_a_static_file_of_another_version_is_kept_shortly(client, query):
    answer = client.get(f"/static/{CSS}{query}")

    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_a_static_file_says_nothing_of_who_asks(city, asset):
    with city.session_transaction() as session:
        session["_remember"] = "odd"  # which every answer takes out of the session

    answer = city.get(asset)

    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.vary
    assert "Accept-Encoding" in answer.vary


def test_the_page_of_a_missing_static_file_is_kept_by_nobody_else(city):
    answer = city.get("/static/css/none.css?v=1")

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_changed_static_file_has_another_address(app, monkeypatch, tmp_path):
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    file = tmp_path / "a.css"

    def address():
        with app.test_request_context():
            return app.url_for("static", filename="a.css")

    def answer(path):
        return app.test_client().get(path, headers=GZIP)

    file.write_text("a {}\n" * 200)
    first = address()
    assert first == address()
    answer(first)
    file.write_text("b {}\n" * 300)
    assert address() != first
    assert gzip.decompress(answer(address()).data).startswith(b"b {}")
    assert answer(first).headers["Cache-Control"] == "public, max-age=60"


def test_a_static_file_is_compressed_once_however_it_is_asked_for(app, client, asset, city):
    kept = app.extensions["compress"].cache
    kept.clear()

    for path in (asset, f"/static/{CSS}?v=1", "/static/css/./app.css", "/static//css/app.css"):
        client.get(path, headers=GZIP)
    client.get(asset, headers={"Accept-Encoding": "gzip, br"})
    city.get("/", headers=GZIP)

    version = asset.partition("?v=")[2]
    assert set(kept) == {f"gzip;{version}", f"br;{version}"}


def test_a_static_file_a_browser_has_is_not_sent_again(client, asset):
    etag = client.get(asset, headers=GZIP).headers["ETag"]

    answer = client.get(asset, headers={**GZIP, "If-None-Match": etag})

    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["Cache-Control"] == delivery.FOREVER
    assert "Accept-Encoding" in answer.vary


def test_a_part_of_a_static_file_is_sent_as_it_is(client, asset):
    answer = client.get(asset, headers={**GZIP, "Range": "bytes=0-99"})

    assert answer.status_code == 206
    assert answer.content_encoding is None
    assert answer.data == CONTENT[:100]


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_asking_for_the_headers_of_a_static_file_tells_the_same(client, asset, encoding):
    headers = {"Accept-Encoding": encoding}
    head, whole = client.head(asset, headers=headers), client.get(asset, headers=headers)

    assert head.data == b""
    for name in ("Content-Length", "Content-Encoding", "ETag", "Cache-Control", "Vary"):
        assert head.headers.get(name) == whole.headers.get(name)


def test_stylesheets_name_no_files_which_would_have_no_version():
    for sheet in Path(delivery.__file__).parents[1].glob("static/css/*.css"):
        assert re.findall(r"url\((?!['\"]?(?:data:|#))", sheet.read_text()) == []


def test_templates_take_addresses_of_static_files_from_one_place():
    templates = Path(delivery.__file__).parents[1] / "templates"
    named = {
        str(one.relative_to(templates))
        for one in templates.rglob("*.html")
        if re.search(r"""["'(]/static/|url_for\(\s*["']static""", one.read_text())
    }
    assert named == {"ui/base.html"}
