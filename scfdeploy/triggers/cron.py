"""Parse cron expressions of timers into schedules, or report every mistake with its position.

The seven fields are second minute hour day month weekday year. Each is a list of values, ranges and steps (`,` `-` `/`
`*`); day and weekday also support `?`, `L`, `W` and `#`. Five fields (minute hour day month weekday) are the legacy
form. `cron_times` computes when a schedule fires.
"""

from __future__ import annotations

import re
from functools import lru_cache

from scfdeploy.diagnostics import did_you_mean, message
from scfdeploy.diagnostics.messages import join_messages
from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.records import NamedTuple

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1
    )
}
_MOST_DIGITS = 9  # more than any valid number; int() of a very long one is slow
_NOT_PLAIN = lazy_pattern("[^\t\n\r -~]")
_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}


class CronField(NamedTuple):
    """One field of the expression: its name, its range, and names for numbers, such as MON."""

    name: str
    low: int
    high: int
    names: dict[str, int]

    def describe(self) -> str:
        """The valid values, for messages."""
        if not self.names:
            return message("{low} to {high}", low=self.low, high=self.high)
        words = list(self.names)
        return message(
            "{low} to {high} or {first} to {last}", low=self.low, high=self.high, first=words[0], last=words[-1]
        )


SECOND = CronField("second", 0, 59, {})
MINUTE = CronField("minute", 0, 59, {})
HOUR = CronField("hour", 0, 23, {})
DAY = CronField("day", 1, 31, {})
MONTH = CronField("month", 1, 12, _MONTHS)
WEEKDAY = CronField("weekday", 0, 6, _WEEKDAYS)
YEAR = CronField("year", 1970, 2099, {})
FIELDS = (SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR)


def order() -> str:
    """The names of the seven fields, in order."""
    return join_messages(" ", (message(field.name) for field in FIELDS))


_LEGACY = (MINUTE, HOUR, DAY, MONTH, WEEKDAY)


class CronProblem(NamedTuple):
    """One mistake: its field (empty for the whole expression), its start and end position, and its message."""

    field: str
    start: int
    end: int
    message: str
    hint: str | None = None


class Schedule(NamedTuple):
    """When to fire, as sets of numbers.

    `last_day` is `L` in the day field, `last_workday` is `LW`, `near` has the days of `15W`. `last_weekdays` has the
    weekdays of `5L`, `nth_weekdays` the (weekday, n) pairs of `5#3`. `any_day` and `any_weekday` mean that the field
    is unrestricted (`*`, `?`); when both are restricted, one match is enough. A `legacy` expression has five fields,
    and fires at second 0 in every year.
    """

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: tuple[int, ...]
    any_day: bool
    any_weekday: bool
    last_day: bool
    last_workday: bool
    near: frozenset[int]
    last_weekdays: frozenset[int]
    nth_weekdays: frozenset[tuple[int, int]]
    legacy: bool


class CronError(ValueError):
    """An invalid expression; `problems` lists every mistake."""

    def __init__(self, problems: tuple[CronProblem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class _Read:
    """The values of one field."""

    __slots__ = ("last", "last_weekdays", "last_workday", "near", "nth_weekdays", "numbers", "unlimited")

    def __init__(self) -> None:
        self.numbers: set[int] = set()
        self.unlimited = False
        self.last = False
        self.last_workday = False
        self.near: set[int] = set()
        self.last_weekdays: set[int] = set()
        self.nth_weekdays: set[tuple[int, int]] = set()


class _PartError(Exception):
    """An invalid part of a field; caught where its position is known."""

    def __init__(self, text: str, hint: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint


def problems(expression: str) -> tuple[CronProblem, ...]:
    """Every mistake in an expression; empty when it is valid."""
    try:
        parse(expression)
    except CronError as error:
        return error.problems
    return ()


@lru_cache(maxsize=1024)  # several rules read each, and functions of a project share few
def parse(expression: str) -> Schedule:
    """Parse an expression with seven fields, or five in the legacy form. CronError lists every mistake."""
    strange = _NOT_PLAIN.search(expression)
    if strange is not None:
        # Digits, letters and spaces of other scripts look like the intended ones.
        raise CronError((_strange(strange),))
    words = list(re.finditer(r"\S+", expression))
    match len(words):
        case 7:
            fields: tuple[CronField, ...] = FIELDS
        case 5:
            fields = _LEGACY
        case _:
            raise CronError((_wrong_count(expression, [word.group() for word in words]),))
    mistakes: list[CronProblem] = []
    read = {}
    for field, word in zip(fields, words, strict=True):
        read[field.name] = _read_field(field, word.group(), word.start(), mistakes)
    if mistakes:
        raise CronError(tuple(mistakes))
    return _schedule(read, legacy=len(words) == 5)


def _strange(match: re.Match[str]) -> CronProblem:
    character = match.group()
    text = message(
        'The expression has the invalid character "{character}" (U+{code}).',
        character=character,
        code=f"{ord(character):04X}",
    )
    hint = message("Use only ASCII digits, letters, spaces and * , - / ? #.")
    return CronProblem("", match.start(), match.end(), text, hint)


def _wrong_count(expression: str, words: list[str]) -> CronProblem:
    start = len(expression) - len(expression.lstrip())
    end = max(start, len(expression.rstrip()))
    if not words:
        return CronProblem("", 0, len(expression), message("The expression is empty."), _example())
    if words[0].startswith("@") or "(" in words[0]:
        text = message(
            '"{word}" is a shorthand of other schedulers. Seven fields are required: {order}.',
            word=words[0],
            order=order(),
        )
        return CronProblem("", start, end, text, _example())
    hint = message("Write all seven: {order}.", order=order())
    if len(words) == 6:
        six = " ".join(words)
        hint = message('The year or the second is missing: use "{six} *" or "0 {six}".', six=six)
    if len(words) == 1:
        text = message("The expression has 1 field; seven are required: {order}.", order=order())
    else:
        text = message("The expression has {n} fields; seven are required: {order}.", n=len(words), order=order())
    return CronProblem("", start, end, text, hint)


def _example() -> str:
    return message('For example "0 0 8 * * * *": each day at 08:00:00.')


def _read_field(field: CronField, text: str, offset: int, mistakes: list[CronProblem]) -> _Read:
    """Read the comma-separated parts of one field; mistakes are appended."""
    read = _Read()
    start = offset
    for part in text.split(","):
        try:
            _read_part(field, part, read)
        except _PartError as error:
            mistakes.append(CronProblem(field.name, start, start + max(len(part), 1), error.text, error.hint))
        start += len(part) + 1
    return read


def _read_part(field: CronField, word: str, read: _Read) -> None:
    if not word:
        raise _PartError(
            message("The {field} field has an empty part.", field=message(field.name)),
            message("Remove the extra comma."),
        )
    if field in (DAY, WEEKDAY) and _read_special(field, word, read):
        return
    if re.fullmatch(r"\d*[LW]|LW|\?|.*#.*", word, re.IGNORECASE):
        operator = "#" if "#" in word else word[-1].upper()
        raise _PartError(
            message(
                '"{operator}" is not valid in the {field} field: {reason}.',
                operator=operator,
                field=message(field.name),
                reason=_only_in(operator),
            )
        )
    span, slash, step_text = word.partition("/")
    step = _step(field, step_text) if slash else 1
    low, high = _range(field, span, stepped=bool(slash))
    read.numbers.update(range(low, high + 1, step))
    read.unlimited = read.unlimited or (span == "*" and step == 1)


def _only_in(operator: str) -> str:
    match operator:
        case "W":
            return message("only the day field supports it")
        case "#":
            return message("only the weekday field supports it")
    return message("only the day and weekday fields support it")


def _range(field: CronField, span: str, *, stepped: bool) -> tuple[int, int]:
    if span == "*":
        return field.low, field.high
    first_text, dash, last_text = span.partition("-")
    first = _number(field, first_text)
    if not dash:
        return first, field.high if stepped else first
    last = _number(field, last_text)
    if first > last:
        raise _PartError(
            message('The {field} range "{span}" ends before it starts.', field=message(field.name), span=span),
            message('Write two ranges: "{ranges}".', ranges=f"{first_text}-{field.high},{field.low}-{last_text}"),
        )
    return first, last


def _step(field: CronField, text: str) -> int:
    if not _is_whole(text) or int(text) == 0:
        raise _PartError(
            message(
                'The {field} field has the step "{step}"; a step must be an integer of at least 1.',
                field=message(field.name),
                step=text,
            )
        )
    return int(text)


def _is_whole(text: str) -> bool:
    return text.isdecimal() and len(text) <= _MOST_DIGITS


def _number(field: CronField, text: str) -> int:
    name = text.upper()
    if name in field.names:
        return field.names[name]
    if not _is_whole(text):
        hint = did_you_mean(text, field.names) if field.names else None
        raise _PartError(
            message(
                '"{word}" is not a valid {field}: use {values}.',
                word=text,
                field=message(field.name),
                values=field.describe(),
            ),
            hint,
        )
    number = int(text)
    if not field.low <= number <= field.high:
        hint = message("Sunday is 0 or SUN.") if field is WEEKDAY and number == 7 else None
        raise _PartError(
            message(
                "The {field} {word} is out of range: use {values}.",
                field=message(field.name),
                word=text,
                values=field.describe(),
            ),
            hint,
        )
    return number


def _read_special(field: CronField, word: str, read: _Read) -> bool:
    """Read `?`, `L`, `LW`, `15W`, `5L` and `5#3`; False when the part is none of these."""
    match field.name, word.upper():
        case (_, "?"):
            read.unlimited = True
        case ("day", "L"):
            read.last = True
        case ("day", "LW" | "WL"):
            read.last_workday = True
        case ("weekday", "L"):
            read.numbers.add(field.high)  # the last day of a week that starts on Sunday
        case ("day", text) if text.endswith("W") and len(text) > 1:
            read.near.add(_number(field, text[:-1]))
        case ("weekday", text) if text.endswith("L"):
            read.last_weekdays.add(_number(field, text[:-1]))
        case ("weekday", text) if "#" in text:
            day, _, nth = text.partition("#")
            if nth not in ("1", "2", "3", "4", "5"):
                raise _PartError(
                    message('"{word}" has the invalid number "{nth}" after "#": use 1 to 5.', word=word, nth=nth)
                )
            read.nth_weekdays.add((_number(field, day), int(nth)))
        case _:
            return False
    return True


def _schedule(read: dict[str, _Read], *, legacy: bool) -> Schedule:
    seconds = (0,) if legacy else tuple(sorted(read["second"].numbers))
    years = range(YEAR.low, YEAR.high + 1) if legacy else sorted(read["year"].numbers)
    day, weekday = read["day"], read["weekday"]
    return Schedule(
        seconds,
        tuple(sorted(read["minute"].numbers)),
        tuple(sorted(read["hour"].numbers)),
        frozenset(day.numbers),
        frozenset(read["month"].numbers),
        frozenset(weekday.numbers),
        tuple(years),
        day.unlimited,
        weekday.unlimited,
        day.last,
        day.last_workday,
        frozenset(day.near),
        frozenset(weekday.last_weekdays),
        frozenset(weekday.nth_weekdays),
        legacy,
    )
