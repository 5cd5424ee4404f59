"""Routes a request to the API, COS, a function URL or a control path."""

from __future__ import annotations

from scfdeploy.emulator import access, control, cos, dispatcher
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.messages import Admission, Request, Response, json_response
from scfdeploy.emulator.scf import function_url
from scfdeploy.facts import limit

_MAX_CONTROL_BYTES = 1 << 20
_MAX_OTHER_BYTES = 64 << 10


def admit(app: EmulatorApp, request: Request) -> Admission | Response:
    """The size limit of the body of a request, or the response to a rejected one.

    Everything that the head shows is checked here: the sender, and whether the signature can be valid.
    """
    reason = access.rejection(request)
    if reason is not None:
        return json_response({"error": reason}, status=403)
    bucket = cos.parse_bucket(request.host)
    if bucket is not None:
        return cos.admit(app, request, bucket)
    if access.is_url_host(request.host):
        return Admission(limit("event.sync_max_bytes"), _too_large)
    if request.path in ("", "/"):
        return dispatcher.admit(app, request)
    if access.calls_function(request):
        maximum = limit("event.sync_max_bytes")
    else:
        maximum = _MAX_CONTROL_BYTES if request.path.startswith(access.CONTROL) else _MAX_OTHER_BYTES
    return Admission(maximum, _too_large)


def _too_large() -> Response:
    return json_response({"error": "the body is too large"}, status=413)


def handle(app: EmulatorApp, request: Request) -> Response:
    """The response to a request that was admitted."""
    bucket = cos.parse_bucket(request.host)
    if bucket is not None:
        return cos.handle(app, request, bucket)
    if access.is_url_host(request.host):
        return function_url.handle_host(app, request)
    if request.path in ("", "/"):
        return dispatcher.handle(app, request)
    return _handle_path(app, request)


def _handle_path(app: EmulatorApp, request: Request) -> Response:
    if request.path.startswith(access.CONTROL):
        return control.handle(app, request)
    if access.calls_function(request):
        return function_url.handle(app, request)
    if request.path.startswith(access.CODE) and request.method == "GET":
        return _download_code(app, request.path.removeprefix(access.CODE))
    return Response(404, b"There is nothing here; the API is at /, functions are at /NAME/.\n", "text/plain")


def _download_code(app: EmulatorApp, sha256: str) -> Response:
    # The hash replaces the signed URL of the cloud: only GetFunctionAddress and GetLayerVersion return it.
    with app.store.exclusive(writes=False):
        content = app.store.get_blob(sha256)
    if content is None:
        return Response(404, b"There is no such code.\n", "text/plain")
    return Response(200, content, "application/zip")
