"""Deployment settings, read from the environment."""

import os
from pathlib import Path
from typing import Any

from app.core import postgres

BASEDIR = Path(__file__).resolve().parent
MEGABYTE = 1024 * 1024


def flag(name: str, *, default: bool) -> bool:
    """Read a yes/no setting: 1, true and yes mean yes."""
    raw = os.environ.get(name, "").strip().lower()
    return default if not raw else raw in {"1", "true", "yes", "on"}


class Config:
    """What one deployment decides; every name may be overridden in tests."""

    # Where the program keeps what is its own: keys, files, the embedded database.
    VAR = Path(os.environ.get("VAR", BASEDIR / "var"))
    # The name shown in the header and on printed papers.
    APP_NAME = os.environ.get("APP_NAME", "江门市建设工程用工实名信息化监管系统")
    # Demo data and the demo accounts on the sign-in page.
    DEMO = flag("DEMO", default=True)
    # Cookies travel over TLS only; switch on wherever the site is served by https.
    SECURE_COOKIES = flag("SECURE_COOKIES", default=False)
    # How many reverse proxies stand in front: their X-Forwarded-* headers are believed.
    TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))
    # Files of users: a folder by default, any fsspec address otherwise.
    FILES_URL = os.environ.get("FILES_URL", "")
    # What every captcha asks for, in browser tests; empty: random characters.
    CAPTCHA_ANSWER = os.environ.get("CAPTCHA_ANSWER", "")
    # What the program logs from this level on: DEBUG, INFO, WARNING or ERROR.
    LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO").upper()
    # How many jobs one worker runs at once.
    JOB_THREADS = int(os.environ.get("JOB_THREADS", "2"))
    # A worker silent for this many seconds is taken for dead; it speaks every third of that.
    JOB_STALL_SECONDS = float(os.environ.get("JOB_STALL_SECONDS", "30"))
    # The address of the national interface; provincial copies use other paths.
    OPEN_API_PATH = os.environ.get("OPEN_API_PATH", "/open.api")
    # Addresses of an upper platform that are trusted although no https or inside a private
    # network, separated by spaces; all others must be https and public.
    UPSTREAM_TRUSTED = tuple(os.environ.get("UPSTREAM_TRUSTED", "").split())

    # One form may bring a dozen scans of 20 MB; each is checked against its own field. Files are
    # written to disk while they arrive, so memory holds the other fields and one file at a time.
    MAX_CONTENT_LENGTH = 256 * MEGABYTE
    # The interface carries pictures as text inside one form field, which stays in memory.
    OPEN_API_MAX_LENGTH = 25 * MEGABYTE
    MAX_FORM_MEMORY_SIZE = 21 * MEGABYTE
    MAX_FORM_PARTS = 5000

    # An export of more rows than the first is written by a worker; none holds more than the second.
    EXPORT_ROWS_AT_ONCE = int(os.environ.get("EXPORT_ROWS_AT_ONCE", "2000"))
    EXPORT_MOST_ROWS = int(os.environ.get("EXPORT_MOST_ROWS", "100000"))

    SESSION_COOKIE_NAME = "realname"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    # A session ends after this many idle minutes, and in any case after the hours below.
    SESSION_IDLE_MINUTES = int(os.environ.get("SESSION_IDLE_MINUTES", "60"))
    SESSION_HOURS = int(os.environ.get("SESSION_HOURS", "10"))
    WTF_CSRF_TIME_LIMIT = None

    LANGUAGES = {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}}
    BABEL_DEFAULT_LOCALE = "zh"
    BABEL_DEFAULT_TIMEZONE = "Asia/Shanghai"
    BABEL_TRANSLATION_DIRECTORIES = str(BASEDIR / "translations")

    FAB_BASE_TEMPLATE = "shell.html"
    FAB_INDEX_VIEW = "app.dashboards.views.HomeView"
    FAB_SECURITY_MANAGER_CLASS = "app.identity.security.SecurityManager"
    FAB_CREATE_DB = False
    FAB_UPDATE_PERMS = False
    FAB_ADD_SECURITY_PERMISSION_VIEW = False
    FAB_ADD_SECURITY_VIEW_MENU_VIEW = False
    FAB_ADD_SECURITY_PERMISSION_VIEWS_VIEW = False
    FAB_ADD_SECURITY_API = False
    FAB_ADD_OPENAPI_VIEWS = False
    FAB_API_SWAGGER_UI = False
    FAB_PASSWORD_COMPLEXITY_ENABLED = True
    FAB_PASSWORD_COMPLEXITY_VALIDATOR = staticmethod(lambda text: _password_is_good(text))  # noqa: PLW0108 - defined below
    AUTH_TYPE = 1
    AUTH_USER_REGISTRATION = False
    AUTH_ROLE_PUBLIC = "Public"
    AUTH_ROLE_ADMIN = "sys_admin"
    AUTH_RATE_LIMITED = True
    AUTH_RATE_LIMIT = "30 per minute"
    RATELIMIT_ENABLED = True
    # Where tries by one address are counted. Each process counts its own in memory, so that so many
    # processes let so many times as many pass; a store they share, such as redis://host:6379, keeps
    # one count and asks for its client library. Wrong passwords are counted in the database anyway.
    RATELIMIT_STORAGE_URI = os.environ.get("RATELIMIT_STORAGE_URI", "memory://")

    SQLALCHEMY_ENGINE_OPTIONS: dict[str, Any] = {
        "pool_pre_ping": True,
        # Connections a process keeps open, and how many more it may open for a moment.
        "pool_size": int(os.environ.get("POOL_SIZE", "8")),
        "max_overflow": int(os.environ.get("POOL_OVERFLOW", "8")),
    }


def _password_is_good(text: str) -> None:
    """Refuse a weak password in the framework's own forms too."""
    from flask_appbuilder.exceptions import PasswordComplexityValidationError

    from app.core import checks

    try:
        checks.password(text, "")
    except checks.Invalid as problem:
        raise PasswordComplexityValidationError(str(problem)) from None


def load(**overrides: Any) -> dict[str, Any]:
    """Give the whole configuration, starting the embedded database where none is named."""
    values = {name: getattr(Config, name) for name in dir(Config) if name.isupper()}
    values.update(overrides)
    values["VAR"] = Path(values["VAR"])
    values["VAR"].mkdir(parents=True, exist_ok=True)
    addresses = values.pop("DATABASES", None) or postgres.addresses(values["VAR"], os.environ)
    values["SQLALCHEMY_DATABASE_URI"] = addresses.login
    values["DATABASE_ADMIN_URL"] = addresses.owner
    values["SESSION_COOKIE_SECURE"] = values["SECURE_COOKIES"]
    return values
