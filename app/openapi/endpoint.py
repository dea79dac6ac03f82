"""The one address of the interface: always HTTP 200 and JSON, whatever comes (section 1)."""

import json
import logging
import traceback
from typing import Any

import click
from flask import Response, current_app, g, request
from flask.cli import with_appcontext
from flask_appbuilder import BaseView, expose
from flask_babel import force_locale
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.core import scope
from app.core.hardening import read_off
from app.extensions import csrf, db
from app.openapi import calls, document, errors, protocol


@click.command("document")
@with_appcontext
def print_document() -> None:
    """Print the interface document, written from the schemas in force."""
    click.echo(document.markdown(current_app.config["OPEN_API_PATH"]))


log = logging.getLogger("app.openapi")
CONTENT_TYPE = "application/json;charset=UTF-8"
VERBS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
TOO_LARGE = "请求参数错误:请求内容超过大小限制!"
NOT_A_FORM = "请求参数错误:请以POST方式提交表单(application/x-www-form-urlencoded)!"
BROKEN_BODY = "请求参数错误:请求内容无法读取!"
ODD_BYTES = "请求参数错误:请求中含有无效字符!"


class OpenApiView(BaseView):
    """POST /open.api, or wherever this province has it, with or without a slash at the end."""

    default_view = "call"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Any:
        """Stand at the configured address, outside the protection of forms."""
        self.route_base = current_app.config["OPEN_API_PATH"]
        blueprint = super().create_blueprint(appbuilder, *args, **kwargs)
        csrf.exempt(blueprint)
        blueprint.register_error_handler(Exception, _broken)
        blueprint.register_error_handler(HTTPException, _broken)
        blueprint.cli_group = "openapi"
        blueprint.cli.help = "The open interface."
        blueprint.cli.add_command(print_document)
        return blueprint

    @expose("", methods=VERBS)
    @expose("/", methods=VERBS)
    def call(self) -> Response:
        """Answer one call of a site system."""
        record = calls.Record(g.get("request_id", ""), request.remote_addr or "")
        with force_locale("zh"):
            reply = _reply(record)
        _drain()
        return _response(reply)


def _reply(record: calls.Record) -> dict[str, Any]:
    try:
        reply = calls.answer(_parameters(), record)
    except errors.WireRefusal as refusal:
        db.session.rollback()
        reply = protocol.refused(refusal.code, _told(refusal.message, record))
    except Exception as problem:  # noqa: BLE001 - a client breaks on anything but a reply
        db.session.rollback()
        reply = _unexpected(problem, record.request_id)
    calls.keep(record, reply)
    return reply


def _told(message: str, record: calls.Record) -> str:
    """Take the secret out of a message, in case a client sent it among its data."""
    return protocol.redacted(message, record.client.app_secret) if record.client else message


def _parameters() -> Any:
    """Give the fields of the form; the header Content-Encoding is nobody's business here."""
    if request.method != "POST" or request.mimetype not in FORMS:
        raise errors.ParameterRefused(NOT_A_FORM)
    try:
        form = request.form
    except RequestEntityTooLarge:
        raise errors.ParameterRefused(TOO_LARGE) from None
    except (HTTPException, ValueError, OSError):
        raise errors.ParameterRefused(BROKEN_BODY) from None
    if any("\x00" in name or "\x00" in value for name, value in form.items(multi=True)):
        raise errors.ParameterRefused(ODD_BYTES)
    return form


def _drain() -> None:
    """Read what is left of a body nobody wanted, so that its sender lives to hear the answer.

    A client whose connection ends while it still sends sees a broken pipe, not our reply.
    """
    length = request.content_length or 0
    if request.environ.get("wsgi.input_terminated"):
        read_off()
    elif length > (request.max_content_length or length):
        read_off(length)  # refused for its length: nothing was read yet


def _response(reply: dict[str, Any]) -> Response:
    body = json.dumps(reply, ensure_ascii=False, separators=(",", ":"), default=str)
    response = Response(body.encode("utf-8", "replace"), status=200)
    response.headers["Content-Type"] = CONTENT_TYPE
    return response


def _broken(problem: Exception) -> Response:
    """Answer what broke outside the call itself."""
    db.session.rollback()
    _drain()
    if isinstance(problem, RequestEntityTooLarge):
        return _response(protocol.refused(errors.WireRefusal.code, TOO_LARGE))
    if isinstance(problem, HTTPException):
        return _response(protocol.refused(errors.WireRefusal.code, BROKEN_BODY))
    return _response(_unexpected(problem, g.get("request_id", "")))


def _unexpected(problem: Exception, request_id: str) -> dict[str, Any]:
    """Log where it broke, without the values it broke on, and give the number to ask for."""
    log.error(
        "interface call failed",
        extra={"fields": {
            "request_id": request_id, "error": type(problem).__name__,
            "principal": scope.current().username,
            "where": "".join(traceback.format_tb(problem.__traceback__)[-6:]),
        }},
    )  # fmt: skip
    return protocol.refused(
        errors.WireRefusal.code, f"系统处理异常,请稍后重试,问题编号:{request_id}"
    )
