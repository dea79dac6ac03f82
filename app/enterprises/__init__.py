"""企业: who builds, and under which qualification; registration and changes of its data."""
