"""What the wage domain tells the domains above it."""

from app.core.events import Event

# sent with project_id= after payments, receipts or payrolls were stored
payments_stored = Event("wages.payments_stored")
