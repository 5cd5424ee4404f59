"""The local equivalent of function URLs: runs the function of a local path or of the host name of a URL."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from scfdeploy.emulator.access import URL
from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.messages import CloudError, Json, Request, Response, ServerNotice, json_response
from scfdeploy.emulator.run_observer import HttpExchange
from scfdeploy.emulator.runtime import SUCCESS, Invocation, Outcome, WebError, failed
from scfdeploy.emulator.scf import invocations
from scfdeploy.emulator.scf.records import aliases, functions, requests, triggers
from scfdeploy.emulator.scf.url_paths import find_function

_PLATFORM_ERROR = 500


def handle(app: EmulatorApp, request: Request) -> Response:
    """The response of the function; 502 with its documented status code if the function fails."""
    app.complete_due()
    found = find_function(app, request.path)
    if found is None:
        error = (
            f"There is no function at {request.path}. Functions are at /NAME/ and /NAMESPACE/NAME/, the API is at /."
        )
        return json_response({"errorCode": "ResourceNotFound.Function", "errorMessage": error}, status=404)
    key, path = found
    return _serve(app, key, _with_path(request, path))


def handle_host(app: EmulatorApp, request: Request) -> Response:
    """The same for a request that names the host of the URL, as the cloud knows it."""
    app.complete_due()
    host = request.host.partition(":")[0].lower()
    with app.store.exclusive(writes=False):
        keys = [key for key, trigger in app.store.list_prefix(triggers.KIND, "") if _has_host(trigger, host)]
    if not keys and request.path.startswith(URL):
        return handle(app, request)
    if not keys:
        content = {"errorCode": "ResourceNotFound.Trigger", "errorMessage": f"No function has the URL {host}."}
        return json_response(content, status=404)
    return _serve(app, "/".join(keys[0].split("/")[:3]), request)


def _has_host(trigger: Json, host: str) -> bool:
    return trigger["Type"] == "http" and host in trigger["TriggerDesc"] and triggers.public_host([trigger]) == host


def _with_path(request: Request, path: str) -> Request:
    return Request(request.method, path, request.query, request.headers, request.body)


def _serve(app: EmulatorApp, key: str, inner: Request) -> Response:
    call = ApiCall(app.context(), key.partition("/")[0])
    try:
        invocation = _prepare(app, call, key, inner)
        with app.runs.hold(invocation.request_id) as run:
            response = _respond(call, key, invocation, inner)
            target = f"{inner.path}?{inner.query}" if inner.query else inner.path
            run.exchange = HttpExchange(inner.method, target, response.status)
        return replace(response, headers=(*response.headers, ("X-Scf-Request-Id", invocation.request_id)))
    except CloudError as error:
        return json_response({"errorCode": error.code, "errorMessage": error.message}, status=404)


def _respond(call: ApiCall, key: str, invocation: Invocation, inner: Request) -> Response:
    try:
        if invocation.version["Type"] == "HTTP":
            return _serve_web(call, key, invocation, inner)
        return _event_response(invocations.run(call, key, invocation), invocation)
    except WebError as error:
        content = {"errorCode": -1, "errorMessage": error.message, "statusCode": error.status, "log": error.output}
        return json_response(content, status=502)


def _serve_web(call: ApiCall, key: str, invocation: Invocation, request: Request) -> Response:
    """The response of a web function, whose run is recorded. Raises WebError if there is none."""
    request_id, started_at = invocation.request_id, round(call.context.event_clock.now() * 1000)
    requests.put_running(call, key, request_id)
    start, outcome = time.monotonic(), failed(_PLATFORM_ERROR, "the local server failed")
    try:
        response, output = invocations.serve(call, invocation, request)
        outcome = Outcome(SUCCESS, "", {}, output, (time.monotonic() - start) * 1000, 0)
    except WebError as error:
        duration_ms = (time.monotonic() - start) * 1000
        outcome = failed(error.status, error.message, output=error.output, duration_ms=duration_ms)
        raise
    except CloudError as error:
        outcome = failed(_PLATFORM_ERROR, error.message)
        raise
    finally:
        version = invocation.version["FunctionVersion"]
        log = requests.log_entry(key, request_id, outcome, started_at=started_at, version=version)
        with call.store.exclusive(writes=True):
            requests.put_outcome(call.store, log)
        call.context.runs.ended(log)
    return response


def _prepare(app: EmulatorApp, call: ApiCall, key: str, request: Request) -> Invocation:
    with call.store.exclusive(writes=False):
        functions.require(call, key)
        is_web = functions.get_version(call, key)["Type"] == "HTTP"
        urls = [trigger for trigger in triggers.list_all(call, key) if trigger["Type"] == "http"]
    if is_web and not urls:
        name = key.rpartition("/")[2]
        app.notify(
            key,
            ServerNotice("{name} is served here, but has no URL in the cloud: add a trigger of type http.", name=name),
        )
    elif not any(trigger["Enable"] for trigger in urls):
        raise CloudError("ResourceNotFound.Trigger", "The function has no URL that is open.")
    qualifier = urls[0]["Qualifier"] if urls else aliases.DEFAULT
    return invocations.prepare(call, key, qualifier, json.dumps(_event(request)))


def _event(request: Request) -> Json:
    return {
        "body": request.body.decode("utf-8", "replace"),
        "headers": {**request.headers, "x-scf-remote-addr": "127.0.0.1"},
        "httpMethod": request.method,
        "path": request.path,
        "queryString": dict(parse_qsl(request.query, keep_blank_values=True)),
    }


def _event_response(outcome: Outcome, invocation: Invocation) -> Response:
    """The response that an event function returns as an object; any other value is a JSON body."""
    if outcome.status != SUCCESS:
        return Response(502, outcome.error_text(invocation.request_id).encode())
    try:
        # Not as the JSON of a client: Python writes an infinite status as Infinity, and it is an invalid response.
        returned = json.loads(outcome.returned)
    except (RecursionError, ValueError):  # nested too deeply to be a response object
        returned = None
    if not isinstance(returned, dict) or "statusCode" not in returned:
        return Response(200, outcome.returned.encode())
    try:
        return _parse_response(returned)
    except (TypeError, ValueError, AttributeError, OverflowError):
        content = {"errorCode": -1, "errorMessage": "Invalid scf response format", "statusCode": 403}
        return json_response(content, status=502)


def _parse_response(returned: dict[str, Any]) -> Response:
    headers = []
    for name, value in returned.get("headers", {}).items():
        headers += [(str(name), str(item)) for item in (value if isinstance(value, list) else [value])]
    body = returned.get("body", "")
    text = body if isinstance(body, str) else json.dumps(body)
    content = base64.b64decode(text) if returned.get("isBase64Encoded") else text.encode()
    return Response.from_headers(int(returned["statusCode"]), content, headers, default_type="application/json")
