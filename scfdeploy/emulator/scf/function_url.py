"""The local stand-in for function URLs: `/_url/<namespace>/<function>/<path>` runs the function behind its URL."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import parse_qsl

from scfdeploy.emulator.access import URL
from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Answer, Json, Request, json_answer
from scfdeploy.emulator.runtime import Outcome, WebError, Work
from scfdeploy.emulator.scf.actions.invoke import prepare, run_work
from scfdeploy.emulator.scf.records import functions, triggers

_JSON = "application/json"


def answer(app: EmulatorApp, request: Request) -> Answer:
    """What the function's URL answers. A function that fails is 502, its documented status code inside."""
    app.settle()
    namespace, _, rest = request.path.removeprefix(URL).partition("/")
    name, _, path = rest.partition("/")
    call = ApiCall(app.context(), _region(app, f"/{namespace}/{name}"))
    inner = Request(request.method, f"/{path}", request.query, request.headers, request.body)
    try:
        work = _prepared(call, f"{call.region}/{namespace}/{name}", inner)
        if work.version["Type"] == "HTTP":
            return app.invoker.web.serve(work, inner)
        return _integrated(run_work(call, work), work)
    except CloudError as error:
        return json_answer({"errorCode": error.code, "errorMessage": error.message}, status=404)
    except WebError as error:
        content = {"errorCode": -1, "errorMessage": error.message, "statusCode": error.status, "log": error.output}
        return json_answer(content, status=502)


def _region(app: EmulatorApp, end: str) -> str:
    """The region of the function that the path means: the server's own one, or else any that has it."""
    with app.store.exclusive(writes=False):
        found = [key.partition("/")[0] for key, _ in app.store.list_prefix(functions.FUNCTION, "") if key.endswith(end)]
    own = app.settings.region
    return own if own in found or not found else found[0]


def _prepared(call: ApiCall, key: str, request: Request) -> Work:
    with call.store.exclusive(writes=False):
        functions.require(call, key)
        urls = [trigger for trigger in triggers.every(call, key) if trigger["Type"] == "http"]
    if not any(trigger["Enable"] for trigger in urls):
        raise CloudError("ResourceNotFound.Trigger", "The function has no URL that is open.")
    return prepare(call, key, urls[0]["Qualifier"], json.dumps(_event(request)))


def _event(request: Request) -> Json:
    return {
        "body": request.body.decode("utf-8", "replace"),
        "headers": {**request.headers, "x-scf-remote-addr": "127.0.0.1"},
        "httpMethod": request.method,
        "path": request.path,
        "queryString": dict(parse_qsl(request.query, keep_blank_values=True)),
    }


def _integrated(outcome: Outcome, work: Work) -> Answer:
    """The answer that an event function describes; any other value is the body itself, as JSON."""
    if outcome.status != 200:
        return Answer(502, outcome.error_text(work.request_id).encode())
    returned = json.loads(outcome.returned)
    if not isinstance(returned, dict) or "statusCode" not in returned:
        return Answer(200, outcome.returned.encode())
    try:
        return _described(returned)
    except (TypeError, ValueError, AttributeError, binascii.Error):
        content = {"errorCode": -1, "errorMessage": "Invalid scf response format", "statusCode": 403}
        return json_answer(content, status=502)


def _described(returned: dict[str, Any]) -> Answer:
    headers = []
    for name, value in returned.get("headers", {}).items():
        headers += [(str(name), str(one)) for one in (value if isinstance(value, list) else [value])]
    body = returned.get("body", "")
    text = body if isinstance(body, str) else json.dumps(body)
    content = base64.b64decode(text) if returned.get("isBase64Encoded") else text.encode()
    content_type = next((value for name, value in headers if name.lower() == "content-type"), _JSON)
    others = tuple(header for header in headers if header[0].lower() != "content-type")
    return Answer(int(returned["statusCode"]), content, content_type, others)
