"""Routes a request to the API, the storage, a function URL or a control path."""

from __future__ import annotations

from scfdeploy.emulator import access, control, cos, dispatcher
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.messages import Admission, Answer, Request, json_answer
from scfdeploy.emulator.scf import function_url
from scfdeploy.facts import limit

_MAX_CONTROL_BYTES = 1 << 20
_MAX_OTHER_BYTES = 64 << 10


def admit(app: EmulatorApp, request: Request) -> Admission | Answer:
    """What becomes of a request whose body has not been read: how large that may be, or why it is refused.

    Everything that can be known by then is looked at here: who sends it, and whether its signature can be good.
    """
    why = access.refusal(request)
    if why is not None:
        return json_answer({"error": why}, status=403)
    bucket = cos.bucket_of(request.host)
    if bucket is not None:
        return cos.admit(app, request, bucket)
    if request.path in ("", "/"):
        return dispatcher.admit(app, request)
    if request.path.startswith(access.URL):
        return Admission(limit("event.sync_max_bytes"), _too_large)
    most = _MAX_CONTROL_BYTES if request.path.startswith(access.CONTROL) else _MAX_OTHER_BYTES
    return Admission(most, _too_large)


def answer(app: EmulatorApp, request: Request) -> Answer:
    """The answer to a request that was admitted."""
    bucket = cos.bucket_of(request.host)
    if bucket is not None:
        return cos.answer(app, request, bucket)
    if request.path in ("", "/"):
        return dispatcher.answer(app, request)
    if request.path.startswith(access.CONTROL):
        return control.answer(app, request)
    if request.path.startswith(access.URL):
        return function_url.answer(app, request)
    if request.path.startswith(access.CODE) and request.method == "GET":
        return _code(app, request.path.removeprefix(access.CODE))
    return Answer(404, b"There is nothing here; the API is at /.\n", "text/plain")


def _too_large() -> Answer:
    return json_answer({"error": "the body is too large"}, status=413)


def _code(app: EmulatorApp, sha256: str) -> Answer:
    # The hash is the permission, as the signed address is in the cloud: only GetFunctionAddress tells it.
    with app.store.exclusive(writes=False):
        content = app.store.blob(sha256)
    if content is None:
        return Answer(404, b"There is no such code.\n", "text/plain")
    return Answer(200, content, "application/zip")
