"""`explain`: what a code, a status or the name of a finding means. Everything is in tables; nothing is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.facts import ErrorCode, StatusCode, error_codes, status_codes
from scfdeploy.providers.base import ErrorKind
from scfdeploy.providers.tencent.transport.errors import classify
from scfdeploy.report.pages import all_pages
from scfdeploy.results import Explained, Explanation, Findings

_MOST_SUGGESTIONS = 3
_BY_US = {
    ErrorKind.REJECTED: "not retried: repeating the same call changes nothing",
    ErrorKind.THROTTLED: "retried by scfdeploy with increasing delays",
    ErrorKind.BUSY: "retried by scfdeploy until the resource is ready",
    ErrorKind.AMBIGUOUS: "retried by scfdeploy after checking whether the first call took effect",
    ErrorKind.MISSING: "not retried: the resource does not exist",
    ErrorKind.EXISTS: "not retried: the resource already exists",
}
_BY_COUNT = "retried by the platform, for asynchronous calls: as often as retryNum says, within msgTTL"
_BY_AGE = (
    "retried by the platform, for asynchronous calls: every minute until msgTTL is over; then the event goes to the "
    "dead-letter queue, or is dropped"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """Something that can be explained, and all it is called by."""

    names: tuple[str, ...]
    subject: ErrorCode | StatusCode | str


def explain(query: str) -> Explained:
    """Everything that `query` names: exactly, or by the beginning of its name. Upper and lower case are the same.

    Raises ScfDeployError when it names nothing.
    """
    word = query.strip().lower()
    known = list(_all_known())
    exact = [one for one in known if word in map(str.lower, one.names)]
    longer = [one for one in known if one not in exact and any(name.lower().startswith(word) for name in one.names)]
    if not word or not (exact or longer):
        raise _unknown(query, known)
    if not exact and len(longer) == 1:
        exact, longer = longer, []
    return Explained(
        Findings(),
        True,
        query,
        tuple(_explanation(one.subject) for one in exact),
        tuple(_explanation(one.subject) for one in longer),
    )


def _all_known() -> Iterator[_Known]:
    for code in error_codes().values():
        yield _Known((code.code,), code)
    for status in status_codes().values():
        yield _Known((str(status.code), status.name), status)
    for name in all_pages():
        yield _Known((name,), name)


def _unknown(query: str, known: Sequence[_Known]) -> ScfDeployError:
    import difflib

    names = {name.lower(): name for one in known for name in one.names}
    close = difflib.get_close_matches(query.strip().lower(), names, n=_MOST_SUGGESTIONS, cutoff=0.6)
    family = query.partition(".")[0].strip().lower()
    near = " or ".join(f'"{names[word]}"' for word in dict.fromkeys([*close, family]) if word in names)
    return ScfDeployError(
        f'unknown name "{query}": not an error code, a status code or a finding',
        hint=f"Did you mean {near}?" if near else "Give a code such as ResourceInUse, 430 or memory-step.",
    )


def _explanation(subject: ErrorCode | StatusCode | str) -> Explanation:
    match subject:
        case ErrorCode():
            return _of_error(subject)
        case StatusCode():
            return _of_status(subject)
        case _:
            page = all_pages()[subject]
            return Explanation("finding", page.id, page.title, severity=page.severity, codes=page.codes, page=page)


def _of_error(code: ErrorCode) -> Explanation:
    kind = classify("Update", code.code)
    words = _BY_US[kind]
    if kind is not ErrorKind.EXISTS and classify("Create", code.code) is ErrorKind.EXISTS:
        words += "; after a create: the resource already exists"
    return Explanation(
        "error-code",
        code.code,
        code.meaning,
        fix=code.action,
        retried=kind.is_transient,
        retry=words,
        field=code.field,
        found_by=tuple(page.id for page in all_pages().values() if code.code in page.codes),
    )


def _of_status(status: StatusCode) -> Explanation:
    retried, words = _by_platform(status)
    return Explanation(
        "status-code",
        status.name,
        status.meaning,
        fix=status.fix,
        retried=retried,
        retry=words,
        number=status.code,
        concluded=status.basis == "derived",
    )


def _by_platform(status: StatusCode) -> tuple[bool, str]:
    """Whether the platform calls the function again after an asynchronous call, and in words how."""
    rule, _, remark = status.async_retry.partition(" (")
    if "until-max-age" in rule:
        return True, _BY_AGE
    if rule.startswith("retry-count"):
        return True, _BY_COUNT
    if status.async_retry.startswith("n/a"):
        return False, "there is nothing to retry"
    return False, f"not retried: {remark.rstrip(')')}" if remark else "not retried"
