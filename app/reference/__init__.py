"""Reference 基础数据: regions, trades, banks, wage floors and the calendar of working days."""
