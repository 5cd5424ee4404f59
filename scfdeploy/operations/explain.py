"""`explain`: the meaning of an error code, a status code or a finding, from tables, offline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.facts import ErrorCode, StatusCode, error_codes, status_codes
from scfdeploy.providers.base import ErrorKind
from scfdeploy.providers.tencent.transport.errors import classify
from scfdeploy.report.pages import all_pages
from scfdeploy.results import Explained, Explanation, Findings

_MAX_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class _Topic:
    """Something that can be explained, and its names."""

    names: tuple[str, ...]
    subject: ErrorCode | StatusCode | str


def explain(query: str) -> Explained:
    """Explain everything with the name `query`, or that begins with it, ignoring case.

    Raises ScfDeployError if there is no such name.
    """
    word = query.strip().lower()
    topics = list(_topics())
    exact = [topic for topic in topics if word in map(str.lower, topic.names)]
    longer = [
        topic for topic in topics if topic not in exact and any(name.lower().startswith(word) for name in topic.names)
    ]
    if not word or not (exact or longer):
        raise _unknown(query, topics)
    if not exact and len(longer) == 1:
        exact, longer = longer, []
    return Explained(
        Findings(),
        True,
        query,
        tuple(_explanation(topic.subject) for topic in exact),
        tuple(_explanation(topic.subject) for topic in longer),
    )


def _topics() -> Iterator[_Topic]:
    for code in error_codes().values():
        yield _Topic((code.code,), code)
    for status in status_codes().values():
        yield _Topic((str(status.code), status.name), status)
    for name in all_pages():
        yield _Topic((name,), name)


def _unknown(query: str, topics: Sequence[_Topic]) -> ScfDeployError:
    import difflib

    names = {name.lower(): name for topic in topics for name in topic.names}
    close = difflib.get_close_matches(query.strip().lower(), names, n=_MAX_SUGGESTIONS, cutoff=0.6)
    family = query.partition(".")[0].strip().lower()
    near = message(" or ").join(f'"{names[word]}"' for word in dict.fromkeys([*close, family]) if word in names)
    return ScfDeployError(
        message('unknown name "{name}": not an error code, a status code or a finding', name=query),
        hint=message("Did you mean {names}?", names=near)
        if near
        else message("Give a code such as ResourceInUse, 430 or memory-step."),
    )


def _explanation(subject: ErrorCode | StatusCode | str) -> Explanation:
    match subject:
        case ErrorCode():
            return _explain_error(subject)
        case StatusCode():
            return _explain_status(subject)
        case _:
            page = all_pages()[subject]
            return Explanation("finding", page.id, page.title, severity=page.severity, codes=page.codes, page=page)


def _explain_error(code: ErrorCode) -> Explanation:
    kind = classify("Update", code.code)
    retry = _client_retry(kind)
    if kind is not ErrorKind.EXISTS and classify("Create", code.code) is ErrorKind.EXISTS:
        retry += message("; after a create: the resource already exists")
    return Explanation(
        "error-code",
        code.code,
        code.meaning,
        fix=code.action,
        retried=kind.is_transient,
        retry=retry,
        field=code.field,
        found_by=tuple(page.id for page in all_pages().values() if code.code in page.codes),
    )


def _client_retry(kind: ErrorKind) -> str:
    """How scfdeploy retries calls that fail with this kind of error."""
    match kind:
        case ErrorKind.THROTTLED:
            return message("retried by scfdeploy with increasing delays")
        case ErrorKind.BUSY:
            return message("retried by scfdeploy until the resource is ready")
        case ErrorKind.AMBIGUOUS:
            return message("retried by scfdeploy after checking whether the first call took effect")
        case ErrorKind.MISSING:
            return message("not retried: the resource does not exist")
        case ErrorKind.EXISTS:
            return message("not retried: the resource already exists")
        case _:
            return message("not retried: repeating the same call changes nothing")


def _explain_status(status: StatusCode) -> Explanation:
    retried, retry = _platform_retry(status)
    return Explanation(
        "status-code",
        status.name,
        status.meaning,
        fix=status.fix,
        retried=retried,
        retry=retry,
        number=status.code,
        inferred=status.basis == "derived",
    )


def _platform_retry(status: StatusCode) -> tuple[bool, str]:
    """Whether and how the platform retries an asynchronous call with this status."""
    rule, _, remark = status.async_retry.partition(" (")
    if "until-max-age" in rule:
        return True, message(
            "retried by the platform, for asynchronous calls: every minute within msgTTL; then the event goes to the"
            " dead-letter queue, or is dropped"
        )
    if rule.startswith("retry-count"):
        return True, message("retried by the platform, for asynchronous calls: up to retryNum times, within msgTTL")
    if status.async_retry.startswith("n/a"):
        return False, message("not retried: there is nothing to retry")
    reason = remark.rstrip(")")
    return False, message("not retried: {reason}", reason=reason) if reason else message("not retried")
