"""注册: choosing a type, the form, the result, its progress, correcting; nobody is signed in."""

from typing import Any

from flask import Response, abort, flash, redirect, request, send_file, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import limit
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, exists, or_, select

from app.core import checks, clock, files, scope, thumbnails, uploads
from app.core.errors import Refusal, Stale
from app.core.files import StoredFile
from app.core.views import BasePage, new_form
from app.core.views.pages import submit
from app.enterprises import captcha, forms, queries, services, tokens
from app.enterprises.choices import EnterpriseState, EnterpriseType
from app.enterprises.models import Enterprise, Qualification
from app.enterprises.services.values import qualifications_of
from app.extensions import db

KINDS = {
    "general_contractor": EnterpriseType.GENERAL_CONTRACTOR,
    "professional_subcontractor": EnterpriseType.PROFESSIONAL_SUBCONTRACTOR,
    "labour_subcontractor": EnterpriseType.LABOUR_SUBCONTRACTOR,
}
MAY = {
    EnterpriseType.GENERAL_CONTRACTOR: _("May apply for projects and invite other units"),
    EnterpriseType.PROFESSIONAL_SUBCONTRACTOR: _("Accepts or declines invitations to projects"),
    EnterpriseType.LABOUR_SUBCONTRACTOR: _("Accepts or declines invitations to projects"),
}
STARTING = {"legal_person_id_type": "01", "agent_id_type": "01"}
NUMBER = "application_no"


class CaptchaPage(BasePage):
    """验证码: a new picture at every request."""

    route_base = "/captcha"
    default_view = "picture"

    @expose("/picture.png")
    def picture(self) -> Response:
        """Draw new characters; the former ones are worth nothing from now on."""
        response = Response(captcha.draw(), mimetype="image/png")
        response.headers["Cache-Control"] = "no-store"
        return response


class RegistrationPage(BasePage):
    """企业注册 (screens.md 2.2, 2.3); every address is open to the public."""

    route_base = "/register"
    default_view = "choose"
    title = _("Registration of an enterprise")

    @expose("/", methods=["GET"])
    def choose(self) -> Any:
        """Show the three types; 下一步 leads to the form."""
        cards = [
            {"value": value, "label": kind.label, "text": MAY[kind]}
            for value, kind in KINDS.items()
        ]
        kind = request.args.get("kind", "")
        if request.args.get("next") is not None and kind in KINDS:
            keep: dict[str, Any] = {
                k: request.args[k] for k in ("credit_code", "name") if request.args.get(k)
            }
            return redirect(url_for(".form", kind=kind, **keep))
        return self.page(
            "enterprises/choose.html", cards=cards, chosen=kind, steps=_steps(0),
            missed=request.args.get("next") is not None,
        )  # fmt: skip

    @expose("/invited/<token>", methods=["GET"])
    def invited(self, token: str) -> Any:
        """Open the registration for an invited enterprise: code, name and type are proposed."""
        given: dict[str, Any] | None = tokens.invited(token)
        if given is None:
            flash(gettext("This link is not complete: copy it whole"), "warning")
        return redirect(url_for(".choose", **(given or {})))

    @expose("/form/<kind>", methods=["GET", "POST"])
    @limit("120 per hour", methods=["POST"])
    def form(self, kind: str) -> Any:
        """Show and take the form; what was uploaded survives an error."""
        if kind not in KINDS:
            return redirect(url_for(".choose"))
        given: dict[str, Any] = {k: request.args.get(k, "")[:200] for k in ("credit_code", "name")}
        form: Any = new_form(
            forms.registration_form(), address=url_for(".form", kind=kind), **{**STARTING, **given}
        )
        form.suit(KINDS[kind])
        if request.method == "POST":
            number = submit(form, services.register)
            if number is not None:
                application = queries.find_application(number, form.agent_mobile.data)
                token = tokens.issue(application.id) if application else ""
                return redirect(url_for(".done", token=token))
            form.ask_again()
        return self._form_page(form, KINDS[kind], [
            *forms.SECTIONS, forms.ACCOUNT_SECTION, forms.CONFIRM_SECTION,
        ])  # fmt: skip

    def _form_page(
        self, form: Any, kind: EnterpriseType, sections: Any, *, application: str = "", **more: Any
    ) -> str:
        form.show_uploads(application)
        drawn = [(title, [form[n] for n in names if n in form], True) for title, names in sections]
        return self.page(
            "enterprises/form.html", title=gettext("Registration: %(kind)s", kind=kind.label),
            sections=drawn, form=form, form_errors=form.form_errors, kind=kind, **{
                "steps": _steps(1), "cancel_url": url_for(".choose"), "correcting": False,
                "submit_label": gettext("Submit for review"),
                "commitment_version": services.COMMITMENT_VERSION, **more,
            },
        )  # fmt: skip

    @expose("/done/<token>")
    def done(self, token: str) -> Any:
        """Show the number of the application and what happens next."""
        facts = _facts(token)
        if facts is None:
            return redirect(url_for(".progress"))
        return self.page("enterprises/done.html", facts=facts, steps=_steps(2))

    @expose("/progress", methods=["GET", "POST"])
    @limit("20 per 10 minute", methods=["POST"])
    def progress(self) -> Any:
        """注册进度查询: by number of the application and mobile of the agent."""
        problem = ""
        if request.method == "POST":
            found = None
            try:
                mobile = checks.mobile(request.form.get("agent_mobile", ""))
                found = queries.find_application(request.form.get(NUMBER, "")[:30], mobile)
            except checks.Invalid as wrong:
                problem = str(wrong)
            if found is not None:
                return redirect(url_for(".show", token=tokens.issue(found.id)))
            problem = problem or gettext("No application has this number and mobile: check both")
        return self.page(
            "enterprises/progress.html", title=gettext("Progress of a registration"),
            problem=problem, given=request.form,
        )  # fmt: skip

    @expose("/progress/<token>")
    def show(self, token: str) -> Any:
        """Show where one application stands, and nothing else."""
        facts = _facts(token)
        if facts is None:
            return _look_up_again()
        return self.page(
            "enterprises/state.html", title=gettext("Progress of a registration"), facts=facts,
            token=token, states=EnterpriseState,
        )  # fmt: skip

    @expose("/continue/<token>", methods=["GET", "POST"])
    @limit("120 per hour", methods=["POST"])
    def correct(self, token: str) -> Any:
        """Show a returned application again with the marked fields, and take it back.

        The form carries a proof of its own, new each time it is shown, so that nothing typed
        is lost while it is open.
        """
        number = tokens.read(token, typing=request.method == "POST")
        if number is None:
            return _look_up_again()
        token = tokens.issue(number)
        opened = _returned_form(number)
        if opened is None:
            return redirect(url_for(".show", token=token))
        form, kind, marks, opinion, version = opened
        form.mark(marks)
        if request.method == "POST":

            def send(values: dict[str, Any], *, actor: scope.Principal) -> str:
                if form.row_version.data != version:
                    raise Stale
                return services.resubmit(number, values, actor=actor)

            if submit(form, send) is not None:
                return redirect(url_for(".done", token=token))
        sections = list(forms.SECTIONS)
        if "username" in form:
            sections.append((gettext("Account"), ["username"]))
        sections.append(forms.REPLY_SECTION)
        return self._form_page(
            form, kind, sections, application=token, cancel_url=url_for(".show", token=token),
            action_url=url_for(".correct", token=token), correcting=True, opinion=opinion, marks=[
                {"label": queries.field_label(name), "reason": reason, "url": f"#{name}"}
                for name, reason in marks.items()
            ],
        )  # fmt: skip

    @expose("/username", methods=["POST"])
    @limit("60 per minute", methods=["POST"])
    def username(self) -> Any:
        """Say while typing whether a sign-in name can be had."""
        problem = services.username_problem(request.form.get("value", "")[:64])
        line = {"level": "error", "text": problem} if problem else {
            "level": "ok", "text": gettext("This sign-in name is free")}  # fmt: skip
        return {"ok": not problem, "lines": [line]}

    @expose("/upload/<proof>")
    def upload(self, proof: str) -> Response:
        """Show somebody his own upload, or a file of his returned application.

        The proof of the form is not enough for what belongs to a row: such files are served
        by ``FileView`` alone, but for those of the application whose token comes along.
        """
        try:
            number = files.number_of(proof)
        except Refusal:
            abort(404)
        token = request.args.get("application", "")
        row = _applicants_file(number, tokens.read(token, typing=True))
        if row is None:
            abort(404)
        store = files.store()
        small = thumbnails.wanted(row.mime) and thumbnails.opened(store, row.key)
        response = send_file(
            small or store.open(row.key), mimetype="image/jpeg" if small else row.mime,
            download_name=row.original_name, max_age=0,
        )  # fmt: skip
        response.headers.update(uploads.SERVING_HEADERS)
        return response


def _look_up_again() -> Any:
    flash(gettext("This page was open too long: look the application up again"), "warning")
    return redirect(url_for(".progress"))


def _steps(now: int) -> list[dict[str, Any]]:
    words = [gettext("Choose the type"), gettext("Fill in the form"), gettext("Wait for review")]
    return [
        {"label": word, "state": "done" if at < now else "now" if at == now else "todo"}
        for at, word in enumerate(words)
    ]


def _facts(token: str) -> dict[str, Any] | None:
    number = tokens.read(token)
    if number is None:
        return None
    with scope.system_scope("an applicant looks at his application") as connection:
        row = connection.execute(
            select(
                Enterprise.application_no, Enterprise.name, Enterprise.enterprise_type,
                Enterprise.state, Enterprise.submitted_at, Enterprise.review_due_on,
                Enterprise.reviewed_at, Enterprise.opinion, Enterprise.returned_fields,
                Enterprise.attempt,
            ).where(Enterprise.id == number, Enterprise.is_deleted.is_(False))
        ).one_or_none()  # fmt: skip
    if row is None:
        return None
    marks = [(queries.field_label(n), words) for n, words in (row.returned_fields or {}).items()]
    local = {
        name: clock.local(getattr(row, name)).strftime("%Y-%m-%d %H:%M")
        for name in ("submitted_at", "reviewed_at") if getattr(row, name)
    }  # fmt: skip
    return {**row._mapping, **local, "marks": marks}


def _applicants_file(number: int, application: int | None) -> Any:
    """Give a file that waits for its row, or one a returned application holds."""
    own = and_(
        StoredFile.owner_table.is_(None),
        StoredFile.created_by.is_not_distinct_from(scope.current().user_id),
    )
    held = and_(
        StoredFile.owner_table.in_((Enterprise.__tablename__, Qualification.__tablename__)),
        StoredFile.enterprise_id == application,
        exists().where(
            Enterprise.id == application, Enterprise.state == EnterpriseState.RETURNED,
            Enterprise.is_deleted.is_(False),
        ),
    )  # fmt: skip
    with scope.system_scope("an upload is shown to who uploaded it") as connection:
        return connection.execute(
            select(StoredFile.key, StoredFile.mime, StoredFile.original_name).where(
                StoredFile.id == number, StoredFile.is_deleted.is_(False), or_(own, held)
            )
        ).one_or_none()


def _returned_form(
    number: int,
) -> tuple[Any, EnterpriseType, dict[str, str], str | None, str] | None:
    """Open the correction form; the row itself stays inside the system's scope."""
    with scope.system_scope("an applicant corrects his application"):
        row = db.session.get(Enterprise, number)
        if row is None or row.is_deleted or row.state is not EnterpriseState.RETURNED:
            return None
        marks = dict(row.returned_fields or {})
        cls = forms.correction_form(with_username="username" in marks)
        if request.method == "POST":
            form = cls()
        else:
            rows = forms.rows_of(qualifications_of(row.id))
            form = cls(formdata=None, obj=row, data={"qualifications": rows})
        form.suit(row.enterprise_type).hide_secrets(row)
        version = str(row.row_version)
        kind, opinion = row.enterprise_type, row.opinion
        db.session.expunge(row)
        return form, kind, marks, opinion, version
