"""Every legal move of an article (screens.md 20)."""

from flask_babel import lazy_gettext as _

from app.core.states import StateMachine, Transition
from app.guides.choices import ArticleState as S
from app.permissions import Area

ARTICLE_FLOW = StateMachine(
    Area.ARTICLES,
    Transition(
        "submit", S.DRAFT, S.SUBMITTED,
        consequence=_("The article goes to those who publish and cannot be changed until they"
                      " answer. Submit?"),
    ),
    Transition(
        "return", S.SUBMITTED, S.DRAFT, remark_required=True,
        consequence=_("The article becomes a draft again for its author."),
    ),
    Transition(
        "publish", S.SUBMITTED, S.PUBLISHED,
        consequence=_("The readers chosen see the article from its time of publication on."
                      " Publish?"),
    ),
    Transition(
        "unpublish", S.PUBLISHED, S.WITHDRAWN, remark_required=True,
        consequence=_("Readers no longer see the article; it cannot be published again."),
    ),
    Transition("expire", S.PUBLISHED, S.EXPIRED, system=True),
)  # fmt: skip
