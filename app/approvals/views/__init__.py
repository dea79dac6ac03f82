"""The screens of the log, of looks at whole numbers, of jobs and exports."""

from app.approvals.views.jobs import ExportPage, JobRunView, JobView, ProgressPage
from app.approvals.views.records import AuditView, LookView

PAGES = (LookView, JobRunView, ProgressPage, ExportPage)

__all__ = ["PAGES", "AuditView", "JobView"]
