"""Any text as the clock of a timer: read, or its mistakes with their places; what it fires at goes forward."""

from __future__ import annotations

from datetime import UTC, datetime

from scfdeploy.triggers.cron import CronError, parse, problems
from scfdeploy.triggers.cron_times import fires_ever, next_times
from tests.fuzz.promises import require

WORDS = tuple(
    b"* ? L W LW # , - / 0 59 60 */5 1-5 MON-FRI JAN 15W 5L 5#3 6#5 29 30 2 2099 1970 * 0 0 2 * * * *".split(b" ")
)
LONGEST = 8192
_AFTER = datetime(2027, 2, 27, 23, 59, 58, tzinfo=UTC)
_TIMES = 4


def target(data: bytes) -> None:
    """Read it, and ask when it fires."""
    text = data.decode("utf-8", "surrogateescape")
    found = problems(text)
    for problem in found:
        # What is missing at the end is behind the last character.
        require(0 <= problem.start <= problem.end <= len(text) + 1, f"a mistake at {problem.start} to {problem.end}")
        require(problem.message and "\n" not in problem.message, "a mistake without words, or with too many lines")
    try:
        schedule = parse(text)
    except CronError as error:
        require(error.problems == found, "two readings find different mistakes")
        return
    require(not found and text.isascii(), f"read although it is wrong: {text!r}")
    times = next_times(text, _AFTER, _TIMES)
    require(list(times) == sorted({*times}), "the times do not go forward")
    for moment in times:
        require(moment > _AFTER, "a time that is over")
        fits = moment.hour in schedule.hours and moment.minute in schedule.minutes and moment.second in schedule.seconds
        require(
            fits and moment.month in schedule.months and moment.year in schedule.years, f"it never fires at {moment}"
        )
    require(fires_ever(schedule) or not times, "it fires, and never fires")
