"""People of the project tests: a general contractor, subcontractors, officials."""

import pytest

from app.core import scope
from app.enterprises.choices import EnterpriseType
from app.extensions import db
from app.identity import principals
from app.identity.models import Account
from tests.factories import enterprises


@pytest.fixture
def principal(work):
    """Load the principal of an account as a request would."""

    def load(user_id):
        with scope.login_scope("test"):
            return principals.principal_of(db.session.get(Account, user_id))

    return load


@pytest.fixture
def builder(work):
    """An approved general contractor."""
    return enterprises.enterprise()


@pytest.fixture
def gc(builder, principal):
    """The administrator of the general contractor."""
    return principal(enterprises.admin(builder))


@pytest.fixture
def crew(work):
    """An approved labour subcontractor."""
    return enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR)


@pytest.fixture
def sub(crew, principal):
    """The administrator of the labour subcontractor."""
    return principal(enterprises.admin(crew))


@pytest.fixture
def reviewer(principal):
    """The reviewer of 蓬江区."""
    return principal(enterprises.official())


@pytest.fixture
def signed_in(signed_in):
    """Sign in with the pages in English, whose words are the message ids."""

    def in_english(user_id):
        browser = signed_in(user_id)
        with browser.session_transaction() as session:
            session["locale"] = "en"
        return browser

    return in_english
