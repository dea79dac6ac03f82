"""基础数据: the lists every screen chooses from, and the calendar of working days."""
