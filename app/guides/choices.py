"""Closed lists of the guides (screens.md 13)."""

from app.core.columns import N_, Choice


class Category(Choice):
    """栏目."""

    LAW = N_("Policies and regulations")
    NOTICE = N_("Notices and announcements")
    PROCEDURE = N_("Procedures")
    QUESTION = N_("Frequent questions")
    TEMPLATE = N_("Templates to download")


class Reader(Choice):
    """阅读对象."""

    EVERYBODY = N_("Everybody signed in")
    GENERAL_CONTRACTOR = N_("General contractors")
    PROFESSIONAL_SUBCONTRACTOR = N_("Professional subcontractors")
    LABOUR_SUBCONTRACTOR = N_("Labour subcontractors")
    WORKER = N_("Construction workers")
    PUBLIC = N_("The public")


class ArticleState(Choice):
    """State of an article (screens.md 20)."""

    DRAFT = N_("Draft")
    SUBMITTED = N_("Waiting for release")
    PUBLISHED = N_("Published")
    WITHDRAWN = N_("Taken down")
    EXPIRED = N_("Expired")
