"""读身份证 on the worker's form: a reader as keyboard, or the file of its software (8.2)."""

from typing import Any

from flask import jsonify, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.core.errors import Refusal
from app.core.forms import BaseForm
from app.roster.services import cards

MOST_BYTES = 200_000


class CardReading:
    """The route that reads a card; mixed into the view of workers."""

    @expose("/read_card", methods=["POST"])
    @has_access
    def read_card(self) -> Response:
        """Answer what a reader gave with the values of the form, and the proof of the reading."""
        upload = request.files.get("file")
        given: str | bytes = request.form.get("text", "")
        if upload is not None and upload.filename:
            given = upload.stream.read(MOST_BYTES)
        try:
            values = cards.read_card(given)
        except Refusal as problem:
            return jsonify(ok=False, message=str(problem))
        reader = request.form.get("reader_no", "").strip()
        return jsonify(ok=True, fill=cards.as_typed(values), proof=cards.proof_of(values, reader))


def card_reading(form: BaseForm) -> dict[str, Any]:
    """Give what the form page needs to offer 读身份证; nothing where the number is not typed."""
    if "id_number" not in form:
        return {}
    return {
        "card_reader_url": url_for("WorkerView.read_card"),
        "form_notice": Markup(render_template("roster/card_button.html")),  # noqa: S704 - our own
    }
