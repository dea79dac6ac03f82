"""预警: Alert.Query, the open alerts of the project (screens.md 7.4, 11)."""

from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from app.alerts.choices import OPEN_STATES
from app.alerts.models import Alert
from app.core import rules
from app.openapi.methods.base import Method, Task, head, listed, of_company, of_team
from app.openapi.schemas import EXCUSED, PAGING, SOME_COMPANY, SOME_PROJECT, SOME_TEAM
from app.openapi.wire import Field, Kind, Schema
from app.projects.models import ProjectUnit
from app.roster.models import Team

QUERY = (*PAGING, *SOME_PROJECT, *SOME_COMPANY, *SOME_TEAM, Field("ruleCode", max_length=20))
ROW: Schema = (
    Field("projectCode"), Field("corpCode"), Field("corpName"), *SOME_TEAM, Field("teamName"),
    Field("alertId", Kind.INTEGER), Field("ruleCode"), Field("ruleName"), Field("level"),
    Field("levelName"), Field("state"), Field("stateName"), Field("date", Kind.DATE),
    Field("firstTime", Kind.INSTANT), Field("dueTime", Kind.INSTANT), Field("content"),
)  # fmt: skip


def query(task: Task) -> dict[str, Any]:
    """List the open alerts of the project; those about a person name nobody."""
    read = task.read(QUERY, excused=EXCUSED)
    found = (
        select(Alert, ProjectUnit, Team)
        .outerjoin(ProjectUnit, ProjectUnit.id == Alert.unit_id)
        .outerjoin(Team, Team.id == Alert.team_id)
        .where(
            Alert.project_id == task.caller.project_id,
            Alert.state.in_(OPEN_STATES),
            Alert.is_deleted.is_(False),
        )
    )
    if code := read.get("ruleCode"):
        found = found.where(Alert.rule_code == code)
    found = of_company(of_team(found, read), read)

    def row(alert: Alert, unit: Any, team: Any) -> dict[str, Any]:
        return {**head(task, unit, team), **_of(alert)}

    return listed(task, found, ROW, row, key=Alert.id)


def _of(alert: Alert) -> dict[str, Any]:
    with force_locale("zh"):
        title = str(rules.get(alert.rule_code).name)
        return {
            "alertId": alert.id, "ruleCode": alert.rule_code, "ruleName": title,
            "level": alert.level.name, "levelName": alert.level.label,
            "state": alert.state.name, "stateName": alert.state.label,
            "date": alert.about_on, "firstTime": alert.first_seen_at, "dueTime": alert.due_at,
            "content": title if alert.person_hash else alert.sentence,
        }  # fmt: skip


METHODS = (
    Method(
        "Alert.Query", "查询未关闭预警", QUERY, reply=ROW, answer=query,
        notes=("只返回本项目未关闭的预警;涉及个人的预警不含姓名和证件号码。",),
    ),
)  # fmt: skip
