"""签订、续签合同: what stands on the stay, what is kept beside it, and the short form."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.core import clock, scope
from app.core.errors import Refusal, Refusals
from app.extensions import db
from app.roster import services
from app.roster.choices import EmploymentType, StayState
from app.roster.models import Contract, ProjectWorker
from app.roster.queries import papers
from app.roster.services import contracts
from tests.factories import projects, roster
from tests.roster.conftest import build


def paper(**values):
    return {
        "contract_no": "HT-1", "contract_term": "0", "contract_signed_on": date(2026, 3, 1),
        "contract_from": date(2026, 3, 1), "contract_to": date(2026, 12, 31),
        "pay_method": "daily", "pay_rate": Decimal(350), **values,
    }  # fmt: skip


def sign(site, actor, *rows):
    return services.sign_contracts(site.project, rows, actor=actor)


def refusals(site, actor, *rows):
    with pytest.raises(Refusal) as caught:
        sign(site, actor, *rows)
    problems = caught.value.problems if isinstance(caught.value, Refusals) else [caught.value]
    return {(problem.row, problem.field): str(problem) for problem in problems}


@pytest.fixture
def worker(site):
    return roster.worker(site.main_team)


def test_a_first_contract_stands_on_the_stay(site, gc, worker):
    made = sign(site, gc, {"worker": worker, **paper()})[0]

    assert (made.new, made.changed, made.row) == (True, True, worker)
    assert worker.has_contract
    assert (worker.contract_no, worker.pay_rate) == ("HT-1", Decimal(350))
    assert worker.employment_type is EmploymentType.CONTRACT
    assert papers.contracts_beside([worker.id]) == {worker.id: []}


def test_a_renewal_keeps_the_former_contract_beside(site, gc, worker):
    scan = projects.stored_file(site.firm_user)
    with scope.act_as(gc):
        sign(site, gc, {"worker": worker, **paper(contract_to=date(2026, 9, 30),
                                                  contract_files=[scan])})  # fmt: skip
        sign(site, gc, {"worker": worker, **paper(
            contract_no="HT-2", contract_from=date(2026, 10, 1), pay_rate=Decimal(380),
            contract_files=[projects.stored_file(site.firm_user)],
        )})  # fmt: skip

    assert (worker.contract_no, worker.pay_rate) == ("HT-2", Decimal(380))
    former = papers.contracts_beside([worker.id])[worker.id][0]
    assert (former.contract_no, former.pay_rate) == ("HT-1", Decimal(350))
    assert former.contract_files == [scan]
    assert (former.worker_id, former.unit_id) == (worker.id, worker.unit_id)


def test_a_contract_signed_ahead_waits_for_its_first_day(site, gc, worker):
    sign(site, gc, {"worker": worker, **paper(contract_to=date(2026, 11, 30))})
    sign(site, gc, {"worker": worker, **paper(
        contract_no="HT-2", contract_from=date(2026, 12, 1), contract_to=date(2027, 6, 30),
        contract_signed_on=date(2026, 11, 20),
    )})  # fmt: skip
    assert worker.contract_no == "HT-1"

    with clock.frozen(datetime(2026, 11, 30, 0, 2, tzinfo=clock.CHINA)):
        assert services.begin_due_contracts(clock.today()) == 0
    assert worker.contract_no == "HT-1"
    with clock.frozen(datetime(2026, 12, 1, 0, 2, tzinfo=clock.CHINA)):
        assert services.begin_due_contracts(clock.today()) == 1
        assert services.begin_due_contracts(clock.today()) == 0
    assert worker.contract_no == "HT-2"
    assert [c.contract_no for c in papers.contracts_beside([worker.id])[worker.id]] == ["HT-1"]


def test_an_older_contract_recorded_later_goes_beside(site, gc, worker):
    sign(site, gc, {"worker": worker, **paper()})
    sign(site, gc, {"worker": worker, **paper(
        contract_no="HT-0", contract_from=date(2025, 3, 1), contract_to=date(2026, 2, 28),
        contract_signed_on=date(2025, 3, 1),
    )})  # fmt: skip

    assert worker.contract_no == "HT-1"
    assert [c.contract_no for c in papers.contracts_beside([worker.id])[worker.id]] == ["HT-0"]


def test_the_same_number_and_beginning_correct_the_contract(site, gc, worker):
    sign(site, gc, {"worker": worker, **paper()})

    again = sign(site, gc, {"worker": worker, **paper()})[0]
    mended = sign(site, gc, {"worker": worker, **paper(pay_rate=Decimal(400))})[0]

    assert (again.new, again.changed) == (False, False)
    assert (mended.new, mended.changed) == (False, True)
    assert worker.pay_rate == Decimal(400)
    assert papers.contracts_beside([worker.id])[worker.id] == []


def test_five_workers_are_signed_in_one_list_or_none(site, gc):
    workers = [roster.worker(site.main_team) for _n in range(5)]
    rows = [{"worker": w, **paper(contract_no=f"HT-{w.id}")} for w in workers]
    rows[3]["pay_rate"] = Decimal(0)

    assert refusals(site, gc, *rows) == {(3, "pay_rate"): "计薪单价应大于0"}
    assert not any(w.has_contract for w in workers)
    rows[3]["pay_rate"] = Decimal(1)
    sign(site, gc, *rows)
    assert all(w.has_contract for w in workers)


@pytest.mark.parametrize(("change", "field"), [
    pytest.param({"contract_signed_on": date(2026, 11, 23)}, "contract_signed_on",
                 id="signed tomorrow"),
    pytest.param({"contract_to": date(2026, 2, 28)}, "contract_to", id="ends before it begins"),
    pytest.param({"contract_to": None}, "contract_to", id="fixed term without an end"),
    pytest.param({"contract_term": "2"}, "contract_to", id="open-ended with an end"),
    pytest.param({"pay_method": "piece"}, "pay_unit", id="piece work without a unit"),
    pytest.param({"contract_no": None}, "contract_no", id="no number"),
    pytest.param({"pay_rate": Decimal(-1)}, "pay_rate", id="no pay"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_field(site, gc, worker, change, field):
    found = refusals(site, gc, {"worker": worker, **paper(**change)})

    assert list(found) == [(0, field)]
    assert not worker.has_contract


def test_a_contract_by_task_needs_no_end(site, gc, worker):
    sign(site, gc, {"worker": worker, **paper(contract_term="1", contract_to=None)})

    assert worker.contract_to is None
    assert worker.has_contract


def test_a_contract_after_the_first_punch_says_how_late_it_is(site, gc, worker):
    worker.first_punch_at = datetime(2026, 10, 5, 7, tzinfo=clock.CHINA)
    made = sign(site, gc, {"worker": worker, **paper(contract_signed_on=date(2026, 10, 7))})[0]
    renewed = sign(site, gc, {"worker": worker, **paper(
        contract_no="HT-2", contract_signed_on=date(2026, 11, 20),
        contract_from=date(2026, 11, 20),
    )})[0]  # fmt: skip

    others = papers.contracts_beside([worker.id])[worker.id]
    assert "晚于首次打卡2天" in made.notices[0]
    assert contracts.late_days(worker, others) == 2  # a renewal makes nothing later
    assert any("重叠" in line for line in renewed.notices)


def test_a_person_is_found_by_his_document_and_another_name_is_a_conflict(site, gc, worker):
    made = sign(site, gc, {"id_type": None, "id_number": worker.id_number.lower(),
                           "person_name": "张三锋", **paper()})[0]  # fmt: skip

    assert made.row is worker
    assert worker.has_contract
    assert (worker.conflicted, worker.conflict["given"]) == (True, "张三锋")
    assert worker.name in made.notices[0]


def test_nobody_signs_for_a_stay_that_is_not_his(site, gc, at):
    side, far = roster.worker(site.side_team), roster.worker(site.far_team)
    from tests.roster.conftest import principal_of

    sub = principal_of(site.sub_user)
    mine = roster.worker(site.main_team)
    assert list(refusals(site, sub, {"worker": mine, **paper()})) == [(0, "worker")]
    for foreign in (far.id_number, "440703198504120002"):
        rows = ({"id_number": foreign, "person_name": "某人", **paper()},)
        assert list(refusals(site, gc, *rows)) == [(0, "id_number")]
    sign(site, sub, {"worker": side, **paper()})
    assert side.has_contract
    assert not far.has_contract


def test_a_stay_that_has_ended_takes_no_contract(site, gc):
    gone = roster.worker(site.main_team, state=StayState.EXITED, exit_on=date(2026, 11, 1))

    assert "已退场" in refusals(site, gc, {"worker": gone, **paper()})[0, ""]


def test_the_same_contract_twice_in_a_list_is_refused(site, gc, worker):
    found = refusals(site, gc, {"worker": worker, **paper()}, {"worker": worker, **paper()})

    assert list(found) == [(1, "contract_no")]


def test_what_was_signed_can_be_taken_back(site, gc, worker):
    worker.contract_pay_day = 20
    db.session.flush()
    first = sign(site, gc, {"worker": worker, **paper()})[0]
    second = sign(site, gc, {"worker": worker, **paper(
        contract_no="HT-2", contract_from=date(2026, 10, 1),
    )})[0]  # fmt: skip
    mended = sign(site, gc, {"worker": worker, **paper(
        contract_no="HT-2", contract_from=date(2026, 10, 1), pay_rate=Decimal(999),
    )})[0]  # fmt: skip
    others = papers.contracts_beside([worker.id])[worker.id]
    assert not contracts.stands(worker, others, second.before)
    assert contracts.stands(worker, others, mended.before)

    contracts.take_back([(worker, mended.before)], actor=gc)
    assert (worker.contract_no, worker.pay_rate) == ("HT-2", Decimal(350))
    contracts.take_back([(worker, second.before)], actor=gc)
    assert worker.contract_no == "HT-1"
    assert papers.contracts_beside([worker.id])[worker.id] == []
    contracts.take_back([(worker, first.before)], actor=gc)
    assert (worker.contract_no, worker.has_contract) == (None, False)
    assert worker.contract_pay_day == 20


# --- over HTTP -------------------------------------------------------------------------------


@pytest.fixture
def seat(system, seats):
    with system():
        city = build()
        human = roster.worker(city.main_team)
        found = {"worker": human.id, "name": human.name, "project": city.project.id,
                 "user": city.firm_user, "sub": city.sub_user}  # fmt: skip

    return seats(found), found


FORM = {
    "employment_type": "CONTRACT", "contract_no": "HT-9", "contract_term": "0",
    "contract_signed_on": "2026-11-20", "contract_from": "2026-11-20",
    "contract_to": "2027-11-19", "pay_method": "daily", "pay_rate": "360",
    "contract_pay_day": "15",
}  # fmt: skip


def test_the_short_form_signs_and_the_tab_shows_it(seat, system):
    sit, found = seat
    browser, pk = sit(), found["worker"]
    assert "尚未签订合同" in browser.get(f"/workerview/show/{pk}?tab=contract").text
    page = browser.get(f"/workerview/sign/{pk}").text
    assert f"签订合同 · {found['name']}" in page

    done = browser.post(f"/workerview/sign/{pk}", data=FORM)
    assert (done.status_code, done.location) == (302, f"/workerview/show/{pk}?tab=contract")
    tab = browser.get(done.location).text
    assert "合同已登记" in tab
    assert "现行合同" in tab
    assert "HT-9" in tab
    assert "续签合同" in tab

    browser.post(f"/workerview/sign/{pk}", data={
        **FORM, "contract_no": "HT-10", "contract_from": "2027-11-20", "contract_to": "2028-11-19",
    })  # fmt: skip
    tab = browser.get(done.location).text
    assert "HT-10" in tab
    assert "待生效" in tab
    with system() as session:
        assert session.get(ProjectWorker, pk).contract_no == "HT-9"
        assert session.query(Contract).filter_by(worker_id=pk).one().source == "manual"


def test_a_contract_that_begins_before_the_one_in_force_says_that_it_is_history(seat, system):
    sit, found = seat
    browser, pk = sit(), found["worker"]
    browser.post(f"/workerview/sign/{pk}", data=FORM)
    earlier = {**FORM, "contract_no": "HT-8", "contract_from": "2026-10-01"}
    tab = browser.post(f"/workerview/sign/{pk}", data=earlier, follow_redirects=True).text

    assert "早于现行合同（2026-11-20起）" in tab
    with system() as session:
        assert session.get(ProjectWorker, pk).contract_no == "HT-9"


def test_the_short_form_names_field_and_way_out(seat):
    sit, found = seat
    wrong = {**FORM, "contract_to": "", "pay_method": "piece", "pay_rate": "0"}
    page = sit().post(f"/workerview/sign/{found['worker']}", data=wrong).text

    assert {name for name in FORM | {"pay_unit": ""} if f'id="{name}-error"' in page} == {
        "contract_to", "pay_unit", "pay_rate",
    }  # fmt: skip
    assert "计薪单价应大于0" in page


def test_the_form_of_somebody_elses_worker_does_not_exist(seat):
    sit, found = seat
    pk = found["worker"]
    assert sit("sub").get(f"/workerview/sign/{pk}").status_code == 404
    assert sit("sub").post(f"/workerview/sign/{pk}", data=FORM).status_code == 404
    assert sit().get("/workerview/sign/999999999").status_code == 404
