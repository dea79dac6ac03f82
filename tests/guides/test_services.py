"""Writing, releasing and ending articles."""

from datetime import timedelta

import pytest

from app.core import clock, scope, states
from app.core.errors import IllegalMove, NotAllowed
from app.extensions import db
from app.guides import services
from app.guides.choices import ArticleState as S
from app.guides.choices import Category
from app.guides.errors import ExpiresTooEarly, NoOffice, OnlyDrafts
from app.guides.models import Article
from app.guides.states import ARTICLE_FLOW
from app.identity import principals
from app.identity.models import Account
from tests.factories import enterprises
from tests.factories.guides import article


def principal(user_id):
    with scope.login_scope("test"):
        return principals.principal_of(db.session.get(Account, user_id))


@pytest.fixture
def editor(work):
    return principal(enterprises.official("editor", district="440703"))


def values(**changes):
    return {
        "title": "通知", "category": Category.NOTICE, "body": "<p>各单位：</p><p>请执行</p>",
        "audience": ["EVERYBODY"], "publish_at": clock.now(), **changes,
    }  # fmt: skip


def test_an_article_belongs_to_the_office_that_writes_it(editor):
    with scope.act_as(editor):
        written = services.write_article(values(), actor=editor)

    assert (written.district_code, written.state) == ("440703", S.DRAFT)
    assert written.issuer == "蓬江区住房和城乡建设局"
    assert written.body_text == "各单位： 请执行"


def test_the_city_writes_for_the_city(work):
    city = principal(enterprises.official("editor", district=None))
    with scope.act_as(city):
        assert services.write_article(values(), actor=city).district_code == "440700"


def test_a_contractor_writes_no_article(work):
    actor = principal(enterprises.admin(enterprises.enterprise()))
    with scope.act_as(actor), pytest.raises(NoOffice):
        services.write_article(values(), actor=actor)


def test_an_article_cannot_end_before_it_begins(editor):
    with scope.act_as(editor), pytest.raises(ExpiresTooEarly):
        services.write_article(values(expire_at=clock.now() - timedelta(days=1)), actor=editor)


def test_only_a_draft_is_changed(editor):
    shown = article()
    with scope.act_as(editor), pytest.raises(OnlyDrafts):
        services.change_article(shown, values(title="改"), actor=editor)


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("submit", S.DRAFT, S.SUBMITTED), ("return", S.SUBMITTED, S.DRAFT),
        ("publish", S.SUBMITTED, S.PUBLISHED), ("unpublish", S.PUBLISHED, S.WITHDRAWN),
        ("publish", S.DRAFT, None), ("unpublish", S.DRAFT, None), ("submit", S.PUBLISHED, None),
        ("publish", S.WITHDRAWN, None), ("publish", S.EXPIRED, None), ("return", S.PUBLISHED, None),
    ],
)  # fmt: skip
def test_an_article_moves_only_as_its_flow_says(editor, verb, before, after):
    row = article(state=before)
    with scope.act_as(editor):
        if after is None:
            with pytest.raises(IllegalMove):
                ARTICLE_FLOW.fire(verb, row, actor=editor, remark="理由")
        else:
            ARTICLE_FLOW.fire(verb, row, actor=editor, remark="理由")
    assert row.state is (after or before)


def test_each_move_is_logged_with_its_words(editor):
    row = article()
    with scope.act_as(editor):
        ARTICLE_FLOW.fire("unpublish", row, actor=editor, remark="文件作废")

        last = states.history(row)[-1]
    assert (last.verb, last.state_to, last.remark, last.actor) == (
        "unpublish", "WITHDRAWN", "文件作废", editor.user_id,
    )  # fmt: skip


def test_a_reviewer_releases_nothing(work):
    reviewer = principal(enterprises.official("district_reviewer", district="440703"))
    row = article(state=S.SUBMITTED)
    with scope.act_as(reviewer), pytest.raises(NotAllowed):
        ARTICLE_FLOW.fire("publish", row, actor=reviewer)


def test_another_district_cannot_change_an_article_by_raw_sql(work):
    row = article()
    with scope.act_as(principal(enterprises.official("editor", district="440781"))):
        changed = db.session.execute(
            db.text("update article set title = 'x' where id = :id"), {"id": row.id}
        )
        assert changed.rowcount == 0


def test_articles_whose_time_is_over_are_closed(work):
    now = clock.now()
    over = article(publish_at=now - timedelta(days=9), expire_at=now - timedelta(days=1))
    running = article(expire_at=now + timedelta(days=1))

    assert services.expire_articles() == 1
    assert [db.session.get(Article, n.id).state for n in (over, running)] == [
        S.EXPIRED, S.PUBLISHED,
    ]  # fmt: skip


def test_an_article_of_the_city_is_signed_by_the_citys_bureau_and_a_districts_by_its_own(work):
    assert services.office_name("440700") == "江门市住房和城乡建设局"
    assert services.office_name("440703") == "蓬江区住房和城乡建设局"
