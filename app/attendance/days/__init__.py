"""Days computed from punches 日考勤: work dates, pairs, hours and missing punches.

Source: alert-rules 1 (*hours*, *work date*, *valid day*), ATT-001, screens 4.9, 7.4 and 9.1.
Nothing here reads a clock or a database. Instants are compared in whole seconds, in Asia/Shanghai.

- *Repeats*: a punch at most 60 s after a counted one of the same project and direction, with no
  punch of the other direction between them there, counts once: the first one counts.
- *Pairs*: an in-punch and the punch that follows it in the same project, if that is an out-punch
  at most ``max_span`` later. Every other punch is unmatched, adds 0 and is shown as 缺卡.
- *Work date of an in-punch*: from 04:00 on its calendar date. Before 04:00 the first in-punch of
  the night decides for the night: its calendar date if the person was outside for at least 6 h,
  else the date before. Outside means inside no pair and no punch of any project (a repeat is one
  too: somebody stood at the gate) less than 6 h back. A later in-punch of that night follows less
  than 6 h behind and so keeps the date of the pair before it. No date reaches back further than
  the evening before, since a work date ends at 03:59.
- *Work date of an out-punch*: that of the last in-punch of its project, if at most ``max_span``
  back, else by the clock from 04:00 to 03:59.
- *First in, last out*: one pair from the project's first in-punch of the date to the last
  out-punch of the date at most ``max_span`` later; punches between them are passed over, punches
  outside it are unmatched.
- *Hours*: with the union of all pairs U, presence from first in to last out P and least rest R,
  ``U - max(0, R - (P - U))`` but not below 6 h (nor above U), and only if P exceeds 6 h. That is
  ``min(U, max(6 h, P - R))`` for every P, which never falls when U or P grows.
- *A later out-punch never lowers the hours of its pair's date*: U and P of that date grow or stay,
  and a pair of the following night can only join the date, never leave it. Such a pair is then
  missing on the date after, as the rule of the 6 h demands.
- *Parts*: a project's own pairs less its share, by length, of the rest taken off the day, rounded
  in the worker's favour. One project alone has the whole day; parts that do not overlap add up to
  the day (but for a second a project), overlapping parts to more.
"""

from app.attendance.days.compute import compute_days
from app.attendance.days.facts import (
    SHANGHAI,
    DayPair,
    DayPunch,
    DayResult,
    DayTerms,
    ProjectPart,
    TermsOf,
    day_seconds,
    hours_of,
)
from app.attendance.days.window import dates_around, window_around

__all__ = [
    "SHANGHAI",
    "DayPair",
    "DayPunch",
    "DayResult",
    "DayTerms",
    "ProjectPart",
    "TermsOf",
    "compute_days",
    "dates_around",
    "day_seconds",
    "hours_of",
    "window_around",
]
