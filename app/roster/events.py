"""What the roster tells and asks the domains above it."""

from app.core.events import Event

# sent with worker= and actor= when a stay begins, is entered again, or ends
worker_joined = Event("roster.worker_joined")
worker_left = Event("roster.worker_left")
# asked with project=, id_type=, id_number=, actor= while a number is typed;
# answers are lists of {level, text}
joining = Event("roster.joining")
