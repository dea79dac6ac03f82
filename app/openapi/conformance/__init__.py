"""联调自测: what a vendor's software must show, and what it should not do (screens.md 7.4).

The vendor lets its program work in the trial environment; every call is looked at by every case.
Four things must be seen, with a valid signature: a team, a worker, a punch and a query. The other
cases advise: their results stand in the report, which is kept.
"""

from app.openapi.conformance.cases import CASES, Case
from app.openapi.conformance.runs import begin, finish, last_run, report, runs_of
from app.openapi.conformance.watching import observe

__all__ = ["CASES", "Case", "begin", "finish", "last_run", "observe", "report", "runs_of"]
