"""Plurals, sizes, durations, times and request ids for people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from itertools import pairwise

from scfdeploy.diagnostics import Severity, message
from scfdeploy.diagnostics.messages import join_messages

_CHINA = timezone(timedelta(hours=8))
_SHORTEST_ID = 4


def plural(number: int, one: str, many: str) -> str:
    """`one` or `many`, two literal templates with `{number}`: `1 error`, `2 errors`."""
    return message(one if number == 1 else many, number=number)


def enumeration(texts: Iterable[str]) -> str:
    """`2 errors, 1 warning`, with the comma of the language."""
    return join_messages(message(", "), texts)


def severity_word(severity: Severity) -> str:
    """`error` and so on."""
    match severity:
        case Severity.ERROR:
            return message("error")
        case Severity.WARNING:
            return message("warning")
        case Severity.INFO:
            return message("info")


def size(number: float) -> str:
    """A number of bytes: `512 B`, `1.2 MB`, in steps of 1024 like the platform."""
    for unit in ("B", "KB", "MB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"


def byte_count(text: str) -> int:
    """The number of bytes of a text in UTF-8, even with surrogates that UTF-8 does not allow."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def duration(seconds: float) -> str:
    """`0.3 s`, `12.0 s`, `2 min 5 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return message("{minutes} min {seconds} s", minutes=minutes, seconds=rest)


def interval(milliseconds: int) -> str:
    """A whole interval in its largest unit: `1 min`, `6 h`, `90 s`."""
    seconds = round(milliseconds / 1000)
    if not seconds or seconds % 60:
        return message("{number} s", number=seconds)
    if seconds % 3600:
        return message("{number} min", number=seconds // 60)
    if seconds % 86_400:
        return message("{number} h", number=seconds // 3600)
    return message("{number} d", number=seconds // 86_400)


def elapsed(milliseconds: int) -> str:
    """A time since a start, exactly: `0`, `250 ms`, `1.5 s`, `2 min`, `6 h 2 min 0.5 s`."""
    if not milliseconds:
        return "0"
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    parts = []
    for unit, name in ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min")):
        number, milliseconds = divmod(milliseconds, unit)
        parts += [f"{number} {name}"] if number else []
    parts += [f"{milliseconds / 1000:g} s"] if milliseconds else []
    return " ".join(parts)


def china_time(moment_ms: int, *, precision: str = "seconds") -> str:
    """A moment in China Standard Time as RFC 3339: `2026-11-28T10:00:00+08:00`."""
    return datetime.fromtimestamp(moment_ms / 1000, _CHINA).isoformat(timespec=precision)


def time_of_day(moment_ms: int, *, precision: str = "milliseconds") -> str:
    """The time of day in China Standard Time: `10:00:00.000`."""
    return datetime.fromtimestamp(moment_ms / 1000, _CHINA).time().isoformat(timespec=precision)


def short_ids(request_ids: Collection[str]) -> Mapping[str, str]:
    """The shortest beginning of each id that none of the others has; at least four characters."""
    ordered = sorted(set(request_ids))
    # In this order, the longest beginning that an id shares with any other is shared with a neighbour.
    lengths = dict.fromkeys(ordered, _SHORTEST_ID)
    for first, second in pairwise(ordered):
        needed = _shared_length(first, second) + 1
        lengths[first], lengths[second] = max(lengths[first], needed), max(lengths[second], needed)
    return {request_id: request_id[: lengths[request_id]] for request_id in request_ids}


def _shared_length(first: str, second: str) -> int:
    """The number of characters with which both texts begin."""
    shortest = min(len(first), len(second))
    return next((place for place in range(shortest) if first[place] != second[place]), shortest)


def ranges(numbers: Collection[int], *, most: int = 12) -> str:
    """Ascending numbers with runs of three or more joined, at most so many parts: `1, 2, 4–9, …`."""
    parts: list[str] = []
    first = last = None
    for number in [*numbers, None]:
        if first is not None and last is not None and number == last + 1:
            last = number
            continue
        if first is not None and last is not None:
            parts += (
                [str(first)] if first == last else [f"{first}", f"{last}"] if last == first + 1 else [f"{first}–{last}"]
            )
            if len(parts) > most:
                return ", ".join([*parts[:most], "…"])
        first = last = number
    return ", ".join(parts)
