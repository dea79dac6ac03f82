"""建设工程用工实名信息化监管系统: real-name supervision of construction sites."""

import os
from typing import Any

from flask import Flask


def create_app(**overrides: Any) -> Flask:
    """Wire the application; ``overrides`` replace settings of ``config.Config``."""
    import config
    from app import commands, domains, menu
    from app.core import catalogue, delivery, files, hardening, operations, scope, uploads, vault
    from app.core.views import drafting, shell
    from app.extensions import csrf, db
    from app.identity.security import SecurityManager

    app = Flask(__name__, template_folder="templates", static_folder="static")
    app.config.from_mapping(config.load(**overrides))
    operations.set_up_logs(app.config["LOG_LEVEL"], testing=app.testing)
    keys = vault.Vault.open(app.config["VAR"], os.environ)
    vault.install(keys)
    app.secret_key = keys.secret_key
    app.extensions["file_store"] = (
        uploads.FileStore(app.config["FILES_URL"])
        if app.config["FILES_URL"]
        else uploads.FileStore.beside(app.config["VAR"])
    )
    db.init_app(app)
    domains.load()
    csrf.init_app(app)
    with app.app_context():
        scope.install()
        hardening.install(app)
        delivery.install(app)
        builder = menu.build(app)
        if not isinstance(builder.sm, SecurityManager):  # the framework only logs a wrong path
            raise TypeError("the security manager could not be loaded")
        catalogue.install(app)
        files.install(app)
        drafting.install(app)
    operations.install(app)
    shell.install(app)
    commands.register(app)
    return app
