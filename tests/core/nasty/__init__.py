"""Workbooks as they really arrive: each is made by a script, and says what must come of it."""
