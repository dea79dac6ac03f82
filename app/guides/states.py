"""Every legal move of an article (screens.md 20)."""

from app.core.states import StateMachine, Transition
from app.guides.choices import ArticleState as S
from app.permissions import Area

ARTICLE_FLOW = StateMachine(
    Area.ARTICLES,
    Transition("submit", S.DRAFT, S.SUBMITTED),
    Transition("return", S.SUBMITTED, S.DRAFT, remark_required=True),
    Transition("publish", S.SUBMITTED, S.PUBLISHED),
    Transition("unpublish", S.PUBLISHED, S.WITHDRAWN, remark_required=True),
    Transition("expire", S.PUBLISHED, S.EXPIRED, system=True),
)
