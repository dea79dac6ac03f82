"""What the enterprise domain tells and asks the domains above it."""

from app.core.events import Event

# sent with enterprise_id, enterprise_type, name, credit_code, username, password_hash, mobile and
# actor once a registration is approved; the accounts domain opens the administrator's account
enterprise_approved = Event("enterprises.enterprise_approved")

# sent with enterprise_id and actor after the city disabled or enabled an enterprise
enterprise_disabled = Event("enterprises.enterprise_disabled")
enterprise_enabled = Event("enterprises.enterprise_enabled")

# sent with enterprise_id, fields (the names of what changed) and actor once new values hold
enterprise_changed = Event("enterprises.enterprise_changed")

# asked with username: a receiver answers True when an account has the sign-in name
username_asked = Event("enterprises.username_asked")
