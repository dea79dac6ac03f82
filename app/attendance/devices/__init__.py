"""考勤设备: the gates of a project, their heartbeats and clocks (screens.md 7.2)."""
