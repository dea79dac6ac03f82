"""The screens of the guides, as their readers and writers use them."""

import re
from io import BytesIO

import pytest
from PIL import Image

from app.extensions import db
from app.guides.choices import ArticleState, Category
from app.guides.models import Article, ArticleReading
from tests.factories import enterprises
from tests.factories.guides import article

NASTY = [
    "<script>alert(1)</script>",
    "<p onclick='steal()'>甲</p>",
    "<p style='background:url(http://evil/x)'>甲</p>",
    "<style>body{display:none}</style>",
    "<a href='javascript:alert(1)'>甲</a>",
    "<a href=' jAvA\nscript:alert(1)'>甲</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>甲</a>",
    "<img src='http://evil/pixel.png'>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='https://evil'></iframe>",
    "<form action='https://evil'><input name=password></form>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "<noscript><p title='</noscript><script>alert(1)</script>'></noscript>",
    "<object data='x'></object><embed src='x'>",
    "<meta http-equiv=refresh content='0;url=https://evil'>",
    "<base href='https://evil/'>",
    "<<script>script>alert(1)<</script>/script>",
    "<p>{{ 7*7 }}</p>",
]
FORBIDDEN = re.compile(
    r"<(script|style|img|svg|iframe|form|input|object|embed|meta|base|math|noscript|link)\b"
    r"|<[^>]*\son\w+\s*=|<[^>]*\sstyle\s*=|javascript:|data:text",
    re.IGNORECASE,
)


@pytest.fixture
def reader(system, signed_in):
    with system():
        number = enterprises.admin(enterprises.enterprise())
    return signed_in(number)


@pytest.fixture
def editor(system, signed_in):
    with system():
        number = enterprises.official("editor", district="440703")
    return signed_in(number)


def made(system, **values):
    with system():
        return article(**values).id


def filled(**changes):
    return {
        "title": "关于加强实名制管理的通知", "category": "NOTICE", "body": "<p>正文</p>",
        "audience": ["EVERYBODY"], "publish_at": "2026-11-01T08:00", "pinned": "0",
        "must_read": "0", **changes,
    }  # fmt: skip


def only_article(system):
    with system() as session:
        found = session.scalars(db.select(Article).order_by(Article.id.desc())).first()
        session.expunge_all()
    return found


def prose(page):
    return re.search(r'<div class="prose">(.*?)</div>', page.text, re.DOTALL)[1]


def test_an_editor_writes_and_releases_an_article_a_contractor_reads(editor, reader, system):
    assert editor.post("/articles/add", data=filled()).status_code == 302
    number = only_article(system).id
    assert reader.get(f"/guides/{number}").status_code == 404

    editor.post(f"/articles/move/submit/{number}")
    editor.post(f"/articles/move/publish/{number}")

    assert "关于加强实名制管理的通知" in reader.get("/guides/").text
    assert "正文" in prose(reader.get(f"/guides/{number}"))


def test_a_published_article_is_taken_down_with_a_reason(editor, reader, system):
    number = made(system)

    editor.post(f"/articles/move/unpublish/{number}")
    assert reader.get(f"/guides/{number}").status_code == 200
    editor.post(f"/articles/move/unpublish/{number}", data={"remark": "文件作废"})
    assert reader.get(f"/guides/{number}").status_code == 404


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_in_an_article_runs_or_phones_home(editor, reader, system, nasty):
    editor.post("/articles/add", data=filled(body=f"<p>前</p>{nasty}<p>后</p>"))
    written = only_article(system)
    editor.post(f"/articles/move/submit/{written.id}")
    editor.post(f"/articles/move/publish/{written.id}")

    for page in (reader.get(f"/guides/{written.id}"), editor.get(f"/articles/show/{written.id}")):
        assert not FORBIDDEN.search(prose(page)), prose(page)
        assert "49" not in prose(page)
        assert "前" in prose(page)
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_script_in_a_title_is_shown_as_text(editor, reader, system):
    number = made(system, title="<script>alert(1)</script>通知")

    for page in (reader.get("/guides/?q=通知"), reader.get(f"/guides/{number}")):
        assert "<script>alert(1)</script>" not in page.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;通知" in page.text


def test_a_text_of_nothing_but_script_is_no_text(editor, system):
    page = editor.post("/articles/add", data=filled(body="<script>alert(1)</script>"))

    assert page.status_code == 200
    assert 'id="body-error"' in page.text
    assert only_article(system) is None


@pytest.mark.parametrize("name", ["title", "category", "body", "audience", "publish_at"])
def test_a_missing_field_is_named_beside_itself(editor, system, name):
    page = editor.post("/articles/add", data=filled(**{name: ""}))

    assert f'id="{name}-error"' in page.text
    assert only_article(system) is None


def test_the_form_works_without_script(editor):
    page = editor.get("/articles/add").text

    assert re.search(r"<textarea[^>]*data-richtext", page)
    assert "/static/js/richtext.js" in page


def test_the_tabs_count_the_categories(reader, system):
    made(system, category=Category.QUESTION, title="如何补录考勤")
    made(system)

    page = reader.get("/guides/?category=QUESTION").text
    assert "如何补录考勤" in page
    assert "关于实名制管理的通知" not in page


@pytest.mark.parametrize(
    "query", ["?page=999", "?page=x", "?category=NONE", "?q=%27%3B--", "?q=%25"]
)
def test_odd_addresses_of_the_list_are_answered(reader, system, query):
    made(system)

    assert reader.get(f"/guides/?{query}").status_code == 200


def test_the_search_shows_where_the_words_stand(reader, system):
    made(system, body=f"<p>{'前' * 200}补录考勤<b>记录</b>{'后' * 200}</p>")

    page = reader.get("/guides/?q=考勤记录").text
    assert "补录考勤记录" in page


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        pytest.param(
            "<p>考勤提醒</p><p>中午休息。</p>", "中午休息。", id="the text behind its heading"
        ),
        pytest.param("<h2>考勤提醒</h2><h3>考勤提醒：</h3><p>休息</p>", "休息", id="headed twice"),
        pytest.param(
            f"<p>考勤提醒</p>{'前' * 200}考勤机", "前" * 60 + "考勤机", id="a later place"
        ),
        pytest.param(f"<p>{'前' * 200}</p>", "前" * 120 + "…", id="the beginning of another text"),
        pytest.param("<p>考勤提醒</p>", None, id="a text that says nothing else"),
    ],
)
def test_an_article_found_by_its_title_does_not_repeat_it(reader, system, body, shown):
    made(system, title="考勤提醒", body=body)

    page = reader.get("/guides/?q=考勤").text
    found = re.findall(r'guide-title".*?<small>(.*?)</small>', page, re.DOTALL)
    assert found == ([] if shown is None else ["…" * ("机" in shown) + shown])


def test_the_search_shows_a_place_of_whichever_word_stands_in_the_text(reader, system):
    made(system, title="考勤提醒", body=f"<p>{'前' * 200}午休{'后' * 200}</p>")

    page = reader.get("/guides/?q=考勤+午休").text
    assert f"…{'前' * 60}午休{'后' * 58}…" in page


def test_a_stranger_reads_public_articles_and_nothing_else(client, system):
    open_one = made(system, title="维权电话", audience=["EVERYBODY", "PUBLIC"])
    closed = made(system, title="内部通知")

    page = client.get("/public/guides/").text
    assert "维权电话" in page
    assert "内部通知" not in page
    assert client.get(f"/public/guides/{open_one}").status_code == 200
    assert client.get(f"/public/guides/{closed}").status_code == 404
    assert client.get("/guides/").status_code in (302, 403)


def test_opening_an_article_counts_its_reader_once(reader, system):
    number = made(system)
    reader.get(f"/guides/{number}")
    reader.get(f"/guides/{number}")

    with system() as session:
        assert session.query(ArticleReading).filter_by(article_id=number).count() == 1


def test_a_reader_confirms_and_votes(reader, system):
    number = made(system, must_read=True)
    reader.post(f"/guides/{number}/confirm")
    reader.post(f"/guides/{number}/vote", data={"useful": "1"})

    with system() as session:
        kept = session.query(ArticleReading).filter_by(article_id=number).one()
        assert kept.confirmed_at is not None
        assert kept.useful is True


@pytest.mark.parametrize("vote", ["abc", ""])
def test_what_is_no_vote_is_not_counted(reader, system, vote):
    number = made(system)
    assert reader.post(f"/guides/{number}/vote", data={"useful": vote}).status_code == 400

    with system() as session:
        assert session.query(ArticleReading).filter_by(useful=False).count() == 0


def picture():
    target = BytesIO()
    Image.new("RGB", (40, 40), "red").save(target, "PNG")
    target.seek(0)
    return target


def test_an_attachment_follows_its_article(editor, reader, client, system):
    editor.post(
        "/articles/add", data=filled(attachments=(picture(), "附件.png")),
        content_type="multipart/form-data",
    )  # fmt: skip
    row = only_article(system)
    address = f"/guides/{row.id}/files/0"

    assert editor.get(f"/articles/{row.id}/files/0").status_code == 200
    assert reader.get(address).status_code == 404
    editor.post(f"/articles/move/submit/{row.id}")
    editor.post(f"/articles/move/publish/{row.id}")
    served = reader.get(address)
    assert (served.status_code, served.mimetype) == (200, "image/png")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert reader.get(f"/guides/{row.id}/files/1").status_code == 404
    assert client.get(f"/public/guides/{row.id}/files/0").status_code == 404


def test_a_foreign_file_cannot_be_attached(editor, system):
    page = editor.post("/articles/add", data=filled(attachments__kept="forged.token"))

    assert 'id="attachments-error"' in page.text


def test_contractors_have_no_writing_screen(reader, system):
    number = made(system)

    for address in ("/articles/list/", "/articles/add", f"/articles/show/{number}"):
        assert reader.get(address).status_code in (302, 403, 404)
    assert "/articles/list/" not in reader.get("/guides/").text


def test_another_districts_article_is_not_there_to_change(editor, system):
    number = made(system, district_code="440781", state=ArticleState.DRAFT)

    assert editor.get(f"/articles/show/{number}").status_code == 404
    assert editor.post(f"/articles/edit/{number}", data=filled()).status_code == 404


def test_a_stale_form_is_refused(editor, system):
    number = made(system, state=ArticleState.DRAFT)
    first = filled(title="先", row_version="1")
    assert editor.post(f"/articles/edit/{number}", data=first).status_code == 302

    page = editor.post(f"/articles/edit/{number}", data={**first, "title": "后"})
    assert page.status_code == 200
    assert only_article(system).title == "先"


def test_the_office_sees_who_has_read(editor, reader, system):
    number = made(system)
    reader.get(f"/guides/{number}")

    assert "管理员" in editor.get(f"/articles/show/{number}?tab=readers").text


@pytest.fixture
def statements():
    """The statements sent while a test runs, without those that set roles and savepoints."""
    from sqlalchemy import Engine, event

    sent = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.lower().lstrip().startswith(("set ", "savepoint", "release", "rollback")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("address", ["/guides/", "/guides/?q=通知&category=NOTICE"])
def test_the_list_is_read_in_few_statements(reader, system, statements, address):
    for _n in range(25):
        made(system)
    statements.clear()
    reader.get(address)

    assert 0 < len(statements) <= 15, statements


def test_the_pages_of_the_office_are_read_in_few_statements(editor, system, statements):
    for _n in range(25):
        number = made(system)
    for address in ("/articles/list/", f"/articles/show/{number}", "/articles/add"):
        statements.clear()
        editor.get(address)
        assert 0 < len(statements) <= 15, (address, statements)
