"""Who reads which article: published, in time, written for him."""

from datetime import timedelta

import pytest

from app.core import clock, scope
from app.extensions import db
from app.guides import queries, services
from app.guides.choices import ArticleState, Category
from app.guides.models import Article
from app.identity import principals
from app.identity.models import Account
from tests.factories import enterprises, projects
from tests.factories.guides import article

HOUR = timedelta(hours=1)


def principal(user_id):
    with scope.login_scope("test"):
        return principals.principal_of(db.session.get(Account, user_id))


def contractor(kind=enterprises.EnterpriseType.GENERAL_CONTRACTOR, district="440703"):
    return principal(enterprises.admin(enterprises.enterprise(kind, district=district)))


def titles(actor, **wanted):
    with scope.act_as(actor):
        query = queries.search(
            queries.readable(actor), wanted.get("category"), wanted.get("words", "")
        )
        return [row.title for row in db.session.scalars(queries.ordered(query))]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"state": ArticleState.DRAFT}, id="a draft"),
        pytest.param({"state": ArticleState.SUBMITTED}, id="waiting for release"),
        pytest.param({"state": ArticleState.WITHDRAWN}, id="taken down"),
        pytest.param({"publish_at": HOUR}, id="not yet"),
        pytest.param({"expire_at": -HOUR}, id="no longer"),
    ],
)
def test_a_contractor_sees_no_article_that_is_not_on_show(work, facts):
    times = {n: clock.now() + v for n, v in facts.items() if isinstance(v, timedelta)}
    hidden = article(**{**facts, **times})
    actor = contractor()

    assert titles(actor) == []
    with scope.act_as(actor):
        db.session.expunge_all()
        assert db.session.get(Article, hidden.id) is None


def test_strangers_see_public_articles_only_even_by_raw_select(work):
    article(title="内部通知")
    article(title="维权电话", audience=["EVERYBODY", "PUBLIC"])
    article(title="未发布", audience=["PUBLIC"], state=ArticleState.DRAFT)

    with scope.act_as(scope.NOBODY):
        assert list(db.session.scalars(db.select(Article.title))) == ["维权电话"]


@pytest.mark.parametrize(
    ("audience", "seen"),
    [(["GENERAL_CONTRACTOR"], True), (["LABOUR_SUBCONTRACTOR"], False), (["WORKER"], False),
     (["PUBLIC"], True), (["EVERYBODY"], True)],
)  # fmt: skip
def test_an_article_reaches_its_audience(work, audience, seen):
    article(audience=audience)

    assert bool(titles(contractor())) is seen


def test_an_article_for_a_district_reaches_who_sits_or_builds_there(work):
    article(title="台山通知", districts=["440781"])
    firm = enterprises.enterprise(district="440703")
    projects.project(firm, district="440781")

    assert titles(contractor(district="440781")) == ["台山通知"]
    assert titles(contractor(district="440703")) == []
    assert titles(principal(enterprises.admin(firm))) == ["台山通知"]


def test_pinned_articles_stand_first_then_the_latest(work):
    now = clock.now()
    article(title="旧", publish_at=now - 3 * HOUR)
    article(title="新", publish_at=now - HOUR)
    article(title="置顶", publish_at=now - 5 * HOUR, pinned=True)

    assert titles(contractor()) == ["置顶", "新", "旧"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("实名制", ["甲"]),
        ("打卡", ["甲"]),
        ("实名 打卡", ["甲"]),
        ("实名 工资", []),
        ("app", ["甲"]),
        ("江人社", ["乙"]),
        ("%", []),
        ("_", []),
        ("strong", []),
        ("' or 1=1 --", []),
    ],
)
def test_the_search_finds_parts_of_chinese_words_in_title_and_text(work, words, found):
    article(title="甲", body="<p><strong>实名制</strong>考勤打卡 APP</p>")
    article(title="乙", body="<p>工资</p>", doc_no="江人社〔2026〕1号")

    assert titles(contractor(), words=words) == found


def test_a_category_narrows_the_list(work):
    article(title="问", category=Category.QUESTION)
    article(title="知")

    assert titles(contractor(), category=Category.QUESTION) == ["问"]


def test_related_articles_are_of_the_same_category_and_readable(work):
    first = article(category=Category.LAW)
    other = article(category=Category.LAW)
    article(category=Category.LAW, state=ArticleState.DRAFT)
    article(category=Category.NOTICE)
    actor = contractor()

    with scope.act_as(actor):
        assert [row.id for row in queries.related(first, queries.readable(actor))] == [other.id]


def test_readers_are_counted_once_each_and_see_only_their_own_reading(work):
    one = article(must_read=True)
    first, second = contractor(), contractor()
    for actor in (first, first, second):
        with scope.act_as(actor):
            services.note_reading(one, actor=actor)
    with scope.act_as(second):
        services.confirm_reading(one, actor=second)
        services.vote(one, useful=False, actor=second)

    assert queries.readings([one.id])[one.id] == {
        "read": 2, "confirmed": 1, "useful": 0, "useless": 1
    }  # fmt: skip
    with scope.act_as(first):
        assert [row.id for row in queries.latest(first, 5)[1]] == [one.id]
    with scope.act_as(second):
        assert queries.latest(second, 5)[1] == []
