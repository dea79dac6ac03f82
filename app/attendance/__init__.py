"""Attendance 考勤: punches at the gates, the days computed from them, and the devices."""
