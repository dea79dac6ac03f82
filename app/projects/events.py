"""What the project domain tells the domains above it, and what it asks them."""

from app.core.events import Event

# the principal of this request may see more (or less) than when the request began
scope_changed = Event("projects.scope_changed")

# project=, actor=: a general contractor has applied; each later save of the form
project_applied = Event("projects.project_applied")
project_saved = Event("projects.project_saved")
# project=, actor=: the review passed it, works have begun
project_approved = Event("projects.project_approved")
project_started = Event("projects.project_started")

# unit=, actor=: an enterprise was invited, let in, or leaves
unit_invited = Event("projects.unit_invited")
unit_accepted = Event("projects.unit_accepted")
unit_exited = Event("projects.unit_exited")

# asked with project_ids=: each answer is a set of projects whose interface is set up
interface_asked = Event("projects.interface_asked")
# asked with project_ids=: each answer is {project id: {attendance_rate, payable, paid, alerts}}
site_facts_asked = Event("projects.site_facts_asked")
