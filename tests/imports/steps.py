"""What a clerk does with a workbook, step by step."""

from io import BytesIO

from openpyxl import load_workbook

from app.core import scope
from app.extensions import db
from app.identity import principals
from app.identity.models import Account
from app.imports import services
from app.imports.choices import Wanted
from tests.factories.imports import workers


def principal(user_id):
    with scope.login_scope("test"):
        return principals.principal_of(db.session.get(Account, user_id))


def taken(site, lines, actor):
    job = services.start_import("T3", site, BytesIO(workers(lines)), "花名册.xlsx", actor=actor)
    return services.check_import(job, actor=actor)


def sent(site, content, actor, name="花名册.xlsx", code="T3"):
    """Upload the bytes of a workbook and have it checked."""
    job = services.start_import(code, site, BytesIO(content), name, actor=actor)
    return services.check_import(job, actor=actor)


def imported(job, actor, wanted=Wanted.ALL):
    """Confirm a checked import and run it."""
    return services.run_import(services.confirm_import(job, wanted, actor=actor), actor=actor)


def opened(content):
    """Open the first sheet of a workbook that came back."""
    return load_workbook(BytesIO(content)).worksheets[0]


def saved(book):
    """Give the bytes of a workbook."""
    target = BytesIO()
    book.save(target)
    return target.getvalue()
