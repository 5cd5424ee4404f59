"""Call a function by its URL: the way to call a web function."""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.facts.errors import status_code
from scfdeploy.facts.hosts import service_of_host
from scfdeploy.model import Address, Observed, Value
from scfdeploy.model.resource_kind import TRIGGER
from scfdeploy.model.value import parse_json_or_text
from scfdeploy.operations.emulator import find_control
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import ResolvedFunction, missing_function
from scfdeploy.providers.base import Query
from scfdeploy.providers.emulator_control import EmulatorControl
from scfdeploy.providers.invocation import HttpRequest, HttpResponse, Invocation
from scfdeploy.providers.tencent.call_url import call_url
from scfdeploy.records import replace
from scfdeploy.results import Findings
from scfdeploy.results.invoked import Invoked

_FIRST_FAILURE = 400
_SUCCESS, _FAILED = 200, 430
_DEFAULT_QUALIFIER = "$DEFAULT"
_REQUEST_ID = "X-Scf-Request-Id"


def invoke_url(
    request: Request, cloud: CloudOptions, function: ResolvedFunction, http: HttpRequest, *, qualifier: str
) -> Invoked:
    """Call a function by its URL, local or public. Raises ScfDeployError if it has none, and without a response.

    A status of 400 or more is a failure.
    """
    root = function.project.root if function.project else request.load.cwd
    control = find_control(cloud, root)
    url = _public_url(function, http, qualifier) if control is None else _local_url(control, function, qualifier)
    start = time.monotonic()
    response = call_url(url, http)
    invocation = _invocation(response, round((time.monotonic() - start) * 1000, 1))
    if control is not None:
        invocation = _with_log(control, function, invocation)
    return Invoked(Findings(), invocation.error is None, str(function.address), invocation, http=response)


def _local_url(control: EmulatorControl, function: ResolvedFunction, qualifier: str) -> str:
    if qualifier != _DEFAULT_QUALIFIER:
        raise ScfDeployError(
            message("a local server has one URL per function, and none for --qualifier {name}", name=qualifier),
            hint=message("Leave out --qualifier."),
        )
    namespace, name = function.address.namespace, function.address.function
    path = control.get("urls")["urls"].get(f"{function.region}/{namespace}/{name}")
    if path is None:
        raise _without_url(function, _observe(function))
    return f"{control.url}{path}"


def _public_url(function: ResolvedFunction, http: HttpRequest, qualifier: str) -> str:
    observed = _observe(function)
    triggers = [
        trigger for trigger in observed.parts_of(function.address, TRIGGER) if trigger.address.name.startswith("http/")
    ]
    selected = [trigger for trigger in triggers if trigger.settings.get("qualifier") == qualifier]
    if not selected and triggers and qualifier != _DEFAULT_QUALIFIER:
        names = ", ".join(str(trigger.settings.get("qualifier")) for trigger in triggers)
        raise ScfDeployError(
            message("{address} has no URL for {qualifier}", address=function.address, qualifier=qualifier),
            hint=message("It has a URL for: {names}.", names=names),
        )
    trigger = next(iter(selected or triggers), None)
    match trigger.attributes.get("urls") if trigger is not None else ():
        case [str(url), *_] if trigger is not None:
            _require_open(function.address, trigger.settings.get("authType"), http)
            return _require_function_host(url)
    raise _without_url(function, observed)


def _observe(function: ResolvedFunction) -> Observed:
    return function.provider.observe(Query((function.address,), code=False))


def _require_open(address: Address, auth_type: Value, http: HttpRequest) -> None:
    """Reject a call that the platform rejects, unless the caller has signed it."""
    is_signed = any(name.lower() == "authorization" for name, _ in http.headers)
    if auth_type not in (None, "NONE") and not is_signed:
        raise ScfDeployError(
            message(
                "the URL of {address} accepts only signed requests (authType: {type})", address=address, type=auth_type
            ),
            hint=message("invoke does not sign them. Give your signature with --header, or call it with --local."),
        )


def _require_function_host(url: str) -> str:
    """The URL, if it is one of the platform's function URLs: a response must not choose where a request goes."""
    parts = urlsplit(url)
    if parts.scheme != "https" or service_of_host(parts.netloc) != "url":
        raise ScfDeployError(
            message("{url} is not a function URL of Tencent Cloud; it is not called", url=url),
            hint=message("Call it with another program if you trust it."),
        )
    return url


def _without_url(function: ResolvedFunction, observed: Observed) -> ScfDeployError:
    if function.address not in observed.resources:
        return missing_function(function.address, function.region, function.project)
    return ScfDeployError(
        message("{address} has no URL", address=function.address),
        hint=message("Add a trigger of type http to its events and apply, or call an event function without --method."),
    )


def _invocation(response: HttpResponse, duration_ms: float) -> Invocation:
    result = _parse(response)
    error, status = None, _SUCCESS
    if response.status >= _FIRST_FAILURE:
        error = f"HTTP {response.status}", response.reason, ""
        content: Mapping[str, Value] = result if isinstance(result, Mapping) else {}
        text, code = content.get("errorMessage"), content.get("statusCode")
        if isinstance(text, str) and (code is not None or "errorCode" in content):
            # The platform answers in place of the function.
            known = status_code(code) if isinstance(code, int) else None
            status = known.code if known is not None else _FAILED
            error = known.name if known is not None else str(status), text, str(content.get("stackTrace") or "")
    return Invocation(
        response.header(_REQUEST_ID),
        result=None if error is not None else result,
        error=error,
        status_code=status,
        duration_ms=duration_ms,
    )


def _parse(response: HttpResponse) -> Value:
    """The body as JSON or as text; None if it is empty or neither."""
    if not response.body:
        return None
    try:
        text = response.body.decode()
    except UnicodeDecodeError:
        return None
    return parse_json_or_text(text)


def _with_log(control: EmulatorControl, function: ResolvedFunction, invocation: Invocation) -> Invocation:
    """With the output, the duration and the memory that the local server has recorded."""
    if not invocation.request_id:
        return invocation
    name = f"{function.address.namespace}/{function.address.function}"
    try:
        answer = control.post(
            "logs", {"region": function.region, "functions": [name], "requestId": invocation.request_id}
        )
    except ScfDeployError:
        return invocation
    for entry in answer["entries"]:
        return replace(
            invocation,
            duration_ms=entry["durationMs"],
            memory_mb=entry["memoryMb"] or None,
            log="\n".join(entry["lines"]),
        )
    return invocation
