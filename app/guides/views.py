"""Screens of the guides: reading with and without an account, writing and releasing."""

from typing import Any, ClassVar

from flask import Response, abort, g, redirect, request, send_file, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response as BaseResponse

from app.core import clock, files, scope, uploads
from app.core.views import BaseModelView, BasePage, Computed, Interface, Tab, answer
from app.core.words import people
from app.extensions import db
from app.guides import queries, services
from app.guides.choices import ArticleState, Category
from app.guides.models import Article, ArticleReading
from app.guides.states import ARTICLE_FLOW
from app.permissions import Area

SIZE = 20
TEXT = _("Text")
RELEASE = _("Release")


class ReadingPage(BasePage):
    """What both readers' pages share: tabs, search, list, article, attachments."""

    title = _("Guides")

    def page(self, template: str, **context: Any) -> str:
        """Render a template that writes instants as days of China."""
        return super().page(template, day=_day, **context)

    def seen(self) -> Select[Any]:
        """Give the articles this reader may see; where he works is looked up once a request."""
        if "readable_articles" not in g:
            g.readable_articles = queries.readable(scope.current())
        found: Select[Any] = g.readable_articles
        return found

    def index_page(self) -> str:
        """Show the articles this reader may see."""
        category = _category(request.args.get("category", ""))
        words = request.args.get("q", "").strip()[:60]
        seen = queries.search(self.seen(), None, words)
        counts = queries.categories(seen)
        wanted = queries.search(seen, category, "")
        raw = request.args.get("page", "1")
        page = max(int(raw), 1) if raw.isdecimal() and len(raw) < 6 else 1
        total = counts.get(category, 0) if category else sum(counts.values())
        rows = list(
            db.session.scalars(queries.ordered(wanted).offset((page - 1) * SIZE).limit(SIZE))
        )
        return self.page(
            "guides/index.html", articles=rows, words=words, category=category, total=total,
            tabs=self._tabs(counts, category, words), pager=_pager(page, total),
            readings=queries.readings(row.id for row in rows),
            snippets={row.id: queries.excerpt(row, words) for row in rows},
        )  # fmt: skip

    def _tabs(
        self, counts: dict[Category, int], chosen: Category | None, words: str
    ) -> list[dict[str, Any]]:
        kept: dict[str, Any] = {"q": words} if words else {}
        first = {
            "label": gettext("All"), "url": url_for(".index", **kept), "active": chosen is None,
            "count": sum(counts.values()),
        }  # fmt: skip
        return [
            first,
            *[
                {
                    "label": one.label, "active": one is chosen, "count": counts.get(one, 0),
                    "url": url_for(".index", category=one.name, **kept),
                }
                for one in Category
            ],
        ]  # fmt: skip

    def readable(self, pk: int) -> Article:
        """Load an article this reader may see, or answer 404."""
        query = self.seen().where(Article.id == pk)
        found = db.session.scalars(query).one_or_none() if 0 < pk < 2**62 else None
        if found is None:
            abort(404)
        return found

    def article_page(self, article: Article, **context: Any) -> str:
        """Show one article with attachments and its relatives."""
        return self.page(
            "guides/article.html", title=article.title, article=article,
            reading=queries.readings([article.id]).get(article.id, {}),
            attachments=attachments_of(article),
            related=queries.related(article, self.seen()), **context,
        )  # fmt: skip

    def send_attachment(self, article: Article, position: int) -> Response:
        """Send a file of an article the reader may see."""
        numbers = article.attachments or []
        if position >= len(numbers):
            abort(404)
        return send_attachment(article, numbers[position])


def attachments_of(article: Article) -> list[dict[str, Any]]:
    """Give the attachments of an article as its page shows them."""
    numbers = article.attachments or []
    names = files.names_of(numbers)
    return [
        {"name": name, "is_image": is_image,
         "url": url_for(".attachment", pk=article.id, position=position)}
        for position, number in enumerate(numbers)
        for name, is_image in [names.get(number, ("", False))]
    ]  # fmt: skip


def send_attachment(article: Article, number: int) -> Response:
    """Send one file of an article; it must belong to that article."""
    stored = files.StoredFile
    with scope.system_scope("an attachment of an article the reader may see") as connection:
        row = connection.execute(
            select(stored.original_name, stored.mime, stored.key).where(
                stored.id == number, stored.owner_table == "article", stored.owner_id == article.id
            )
        ).one_or_none()
    if row is None:
        abort(404)
    response = send_file(
        files.store().open(row.key), mimetype=row.mime, download_name=row.original_name,
        as_attachment=not row.mime.startswith(("image/", "application/pdf")), max_age=0,
    )  # fmt: skip
    response.headers.update(uploads.SERVING_HEADERS)
    return response


def _category(name: str) -> Category | None:
    return Category.__members__.get(name)


def _pager(page: int, total: int) -> dict[str, Any]:
    pages = max(-(-total // SIZE), 1)
    given = request.args
    kept: dict[str, Any] = {name: given[name] for name in ("q", "category") if name in given}
    return {
        "page": page, "pages": pages,
        "prev_url": url_for(".index", page=page - 1, **kept) if page > 1 else None,
        "next_url": url_for(".index", page=page + 1, **kept) if page < pages else None,
    }  # fmt: skip


class GuidePage(ReadingPage):
    """办事指南: what the government publishes for this contractor (manual, part 5)."""

    route_base = "/guides"
    default_view = "index"
    class_permission_name = Area.GUIDES
    method_permission_name: ClassVar[dict[str, str]] = dict.fromkeys(
        ("index", "article", "attachment", "confirm", "vote"), "read"
    )

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show the list."""
        return self.index_page()

    @expose("/<int:pk>")
    @has_access
    def article(self, pk: int) -> str:
        """Show an article and note that it was read."""
        found = self.readable(pk)
        mine = services.note_reading(found, actor=scope.current())
        drawn = self.article_page(found, mine=mine)
        db.session.commit()  # what is drawn before it need not be read again
        return drawn

    @expose("/<int:pk>/files/<int:position>")
    @has_access
    def attachment(self, pk: int, position: int) -> Response:
        """Send an attachment."""
        return self.send_attachment(self.readable(pk), position)

    @expose("/<int:pk>/confirm", methods=["POST"])
    @has_access
    def confirm(self, pk: int) -> BaseResponse:
        """Note that the reader confirms he has read the article."""
        answer(services.confirm_reading, self.readable(pk), success=gettext("Noted, thank you"))
        return redirect(url_for(".article", pk=pk))

    @expose("/<int:pk>/vote", methods=["POST"])
    @has_access
    def vote(self, pk: int) -> BaseResponse:
        """Note whether the article helped."""
        row, useful = self.readable(pk), request.form.get("useful")
        if useful not in ("0", "1"):
            abort(400)
        answer(services.vote, row, useful=useful == "1", success=gettext("Noted, thank you"))
        return redirect(url_for(".article", pk=pk))


class PublicGuidePage(ReadingPage):
    """The articles written for the public, without signing in."""

    route_base = "/public/guides"
    default_view = "index"

    @expose("/")
    def index(self) -> str:
        """Show the list."""
        return self.index_page()

    @expose("/<int:pk>")
    def article(self, pk: int) -> str:
        """Show an article."""
        return self.article_page(self.readable(pk))

    @expose("/<int:pk>/files/<int:position>")
    def attachment(self, pk: int, position: int) -> Response:
        """Send an attachment."""
        return self.send_attachment(self.readable(pk), position)


class ArticleView(BaseModelView):
    """内容: the office's articles, from draft to release."""

    datamodel = Interface(Article)
    route_base = "/articles"
    class_permission_name = Area.ARTICLES
    method_permission_name = {"attachment": "read"}
    flow = ARTICLE_FLOW
    list_title = _("Content")
    add_title = _("New article")
    edit_title = _("Change the article")
    add_label = _("Write an article")
    empty_text = _("Write the first article for contractors and the public.")
    add_template = edit_template = "guides/form.html"
    show_template = "guides/show.html"
    list_columns = [
        "title", "category", "issuer", "audience", "publish_at", "expire_at", "pinned",
        "state", "readers",
    ]  # fmt: skip
    card_columns = ("title", "category", "publish_at", "state")
    search_columns = ["category", "state", "publish_at", "audience", "pinned"]
    keyword_columns = ("title", "doc_no")
    order_columns = ["publish_at", "title"]
    base_order = ("publish_at", "desc")
    form_sections = [
        (TEXT, ["title", "category", "doc_no", "issuer", "body", "attachments"]),
        (RELEASE, ["audience", "districts", "pinned", "must_read", "publish_at", "expire_at"]),
    ]
    show_sections = [
        (
            RELEASE,
            [
                "category", "doc_no", "issuer", "audience", "districts", "pinned", "must_read",
                "publish_at", "expire_at",
            ],
        ),
    ]  # fmt: skip
    left_out = ("title", "body", "attachments")  # the page itself, in a template of its own
    add_service = staticmethod(services.write_article)
    edit_service = staticmethod(services.change_article)
    computed = {
        "readers": Computed(
            _("Readers"), lambda row, facts: facts.get(row.id, {}).get("read", 0), numeric=True
        )
    }

    def restrict(self, query: Any) -> Any:
        """Keep to the articles of the own office; reading all is another page."""
        return query.where(Article.district_code.in_(scope.current().districts))

    def facts(self, rows: list[Any]) -> Any:
        """Count the readers of the rows."""
        return queries.readings(row.id for row in rows)

    def may_edit(self, row: Any) -> bool:
        """Only a draft is changed."""
        return row.state is ArticleState.DRAFT and super().may_edit(row)

    def defaults(self) -> dict[str, Any]:
        """Start a new article for everybody, from now on."""
        return {"audience": ["EVERYBODY"], "publish_at": clock.now(), "pinned": False,
                "must_read": False}  # fmt: skip

    def subtitle(self, row: Any) -> Any:
        """Name the category and the issuing office."""
        return f"{row.category.label} · {row.issuer}"

    def head_facts(self, row: Any) -> list[dict[str, Any]]:
        """Show how often the article was read and confirmed."""
        found = queries.readings([row.id]).get(row.id, {})
        return [
            {"label": gettext("Readers"), "value": found.get("read", 0)},
            {"label": gettext("Confirmed as read"), "value": found.get("confirmed", 0)},
            {"label": gettext("Helpful"), "value": found.get("useful", 0)},
            {"label": gettext("Not helpful"), "value": found.get("useless", 0)},
        ]

    def own_tab(self, row: Any) -> dict[str, Any]:
        """Show the text as readers see it, above the facts of its release."""
        shown = self.render_template(
            "guides/body.html",
            article=row,
            attachments=attachments_of(row),
        )
        return {**super().own_tab(row), "tab_html": Markup(shown)}  # noqa: S704 - our template

    def tabs(self, row: Any) -> list[Tab]:
        """Show who has read a published article."""
        if row.state in (ArticleState.DRAFT, ArticleState.SUBMITTED):
            return []
        return [Tab("readers", gettext("Who has read it"), self._readers)]

    def _readers(self, row: Any) -> dict[str, Any]:
        table = ArticleReading.__table__
        with scope.system_scope("who has read an article of one's own office") as connection:
            found = connection.execute(
                select(table.c.user_id, table.c.created_at, table.c.confirmed_at)
                .where(table.c.article_id == row.id)
                .order_by(func.coalesce(table.c.confirmed_at, table.c.created_at).desc())
                .limit(200)
            ).all()
        names = people([number for number, _read, _done in found])
        return {
            "rows": [
                {"id": number, "cells": [
                    {"name": "who", "label": gettext("Reader"), "html": names.get(number, "")},
                    {"name": "read", "label": gettext("Read at"), "html": _moment(read)},
                    {"name": "done", "label": gettext("Confirmed at"), "html": _moment(done)},
                ]}
                for number, read, done in found
            ],
            "empty": {
                "title": gettext("Nobody has read it yet"),
                "text": gettext("Readers appear here once they have opened the article."),
            },
        }  # fmt: skip

    @expose("/<int:pk>/files/<int:position>")
    @has_access
    def attachment(self, pk: int, position: int) -> Response:
        """Send an attachment of an article of the own office, drafts included."""
        row = self.row(pk)
        numbers = row.attachments or []
        if position >= len(numbers):
            abort(404)
        return send_attachment(row, numbers[position])


def _day(at: Any) -> str:
    return clock.local(at).strftime("%Y-%m-%d") if at else ""


def _moment(at: Any) -> str:
    return clock.local(at).strftime("%Y-%m-%d %H:%M") if at else ""


PAGES = (PublicGuidePage,)
