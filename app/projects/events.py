"""What the project domain tells the domains above it, and what it asks them."""

from app.core.events import Event

# the principal of this request may see more (or less) than when the request began
scope_changed = Event("projects.scope_changed")

# project=, actor=: a general contractor has applied; each later save of the form
project_applied = Event("projects.project_applied")
project_saved = Event("projects.project_saved")
# project=, actor=: the review passed it (an answer is a sentence the reviewer reads); works begun
project_approved = Event("projects.project_approved")
project_started = Event("projects.project_started")

# unit=, actor=: an enterprise was invited, let in
unit_invited = Event("projects.unit_invited")
unit_accepted = Event("projects.unit_accepted")
# unit=, actor=: its invitation was declined or withdrawn, or ran out
invitation_ended = Event("projects.invitation_ended")
# unit=: what leaves with a unit; each answer is a list of ``queries.facts.ExitLine``
unit_exit_asked = Event("projects.unit_exit_asked")
# asked with unit=: each answer is a table of what leaves with it, drawn, for the form of its exit
unit_exit_drawn = Event("projects.unit_exit_drawn")
# unit=, actor=: a unit leaves; receivers take what is its own along in the same transaction,
# and may do so on the whole project: ``actor`` has it in scope
unit_exited = Event("projects.unit_exited")

# asked with username=, enterprise_id=, mobile=: each answer is the Refusal a login would meet
login_asked = Event("projects.login_asked")
# asked with project=: each answer lists logins nobody has used, or that could not be opened, as
# mappings of row_id, name, username and opened
waiting_logins_asked = Event("projects.waiting_logins_asked")

# asked with project_ids=: each answer is a set of projects whose interface is set up
interface_asked = Event("projects.interface_asked")
# asked with project=: each answer is a ``core.views.Tab`` of its page, or nothing
tab_asked = Event("projects.tab_asked")
# asked with project_ids=: each answer is {project id: {attendance_rate, payable, paid, alerts}}
site_facts_asked = Event("projects.site_facts_asked")
