"""`explain`: the meaning of a code, a status, a setting, a variable or a finding, from tables, offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.facts import BuiltInVariable, built_in_variables
from scfdeploy.facts.errors import ErrorCode, StatusCode, error_codes, status_codes
from scfdeploy.operations.explanations.settings import SETTINGS, explain_setting
from scfdeploy.operations.explanations.statuses import explain_status
from scfdeploy.operations.explanations.variables import explain_variable
from scfdeploy.providers.base import ErrorKind
from scfdeploy.providers.tencent.transport.errors import classify
from scfdeploy.records import dataclass
from scfdeploy.report.pages import all_pages
from scfdeploy.results import Findings
from scfdeploy.results.explained import Explained, Explanation

_MAX_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class _Topic:
    """Something that can be explained, and its names."""

    names: tuple[str, ...]
    subject: ErrorCode | StatusCode | BuiltInVariable | str
    """A text is the name of a setting or of a finding."""


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


def list_all(kind: str) -> Explained:
    """Explain every one of the `statuses`, `errors` or `variables`."""
    subjects: Mapping[str, Iterable[ErrorCode | StatusCode | BuiltInVariable]] = {
        "statuses": status_codes().values(),
        "errors": error_codes().values(),
        "variables": built_in_variables().values(),
    }
    return Explained(Findings(), True, kind, tuple(map(_explanation, subjects[kind])), listed=True)


def _topics() -> Iterator[_Topic]:
    for code in error_codes().values():
        yield _Topic((code.code,), code)
    for status in status_codes().values():
        yield _Topic((str(status.code), status.name), status)
    for variable in built_in_variables().values():
        yield _Topic((variable.name,), variable)
    for name in (*SETTINGS, *all_pages()):
        yield _Topic((name,), name)


def _unknown(query: str, topics: Sequence[_Topic]) -> ScfDeployError:
    import difflib

    names = {name.lower(): name for topic in topics for name in topic.names}
    close = difflib.get_close_matches(query.strip().lower(), names, n=_MAX_SUGGESTIONS, cutoff=0.6)
    family = query.partition(".")[0].strip().lower()
    near = message(" or ").join(f'"{names[word]}"' for word in dict.fromkeys([*close, family]) if word in names)
    return ScfDeployError(
        message('unknown name "{name}": not an error code, a status, a setting, a variable or a finding', name=query),
        hint=message("Did you mean {names}?", names=near)
        if near
        else message("Give a code such as ResourceInUse, 430 or memory-step."),
    )


def _explanation(subject: ErrorCode | StatusCode | BuiltInVariable | str) -> Explanation:
    match subject:
        case ErrorCode():
            return _explain_error(subject)
        case StatusCode():
            return explain_status(subject)
        case BuiltInVariable():
            return explain_variable(subject)
        case name if name in SETTINGS:
            return explain_setting(name)
        case _:
            page = all_pages()[subject]
            return Explanation(
                "finding", page.id, page.shown_title, severity=page.severity, codes=page.codes, page=page
            )


def _explain_error(code: ErrorCode) -> Explanation:
    kind = classify("Update", code.code)
    retry = _client_retry(kind)
    if kind is not ErrorKind.EXISTS and classify("Create", code.code) is ErrorKind.EXISTS:
        retry += message("; after a create: the resource already exists")
    return Explanation(
        "error-code",
        code.code,
        message(code.meaning),
        fix=message(code.action),
        retried=kind.is_transient,
        retry=retry,
        field=code.field,
        found_by=tuple(page.id for page in all_pages().values() if code.code in page.codes),
        remarks=tuple(_error_remarks(code.code)),
    )


def _error_remarks(code: str) -> Iterator[str]:
    if code == "InvalidAction":
        yield message("The API gateway returns this code; the guide calls it InvalidParameterValue.Action.")
    if code == "InvalidParameterValue.Action":
        yield message("The guide names this code; the API gateway returns InvalidAction.")
    if code == "LimitExceeded.MsgTTL":
        yield message("The 24-hour limit in the dead letter chapter is an older policy.")


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
