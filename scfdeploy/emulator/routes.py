"""Which part of the server answers a request."""

from __future__ import annotations

from scfdeploy.emulator import control, cos, gateway, url_door
from scfdeploy.emulator.machine import Machine
from scfdeploy.emulator.messages import Answer, Request

_CODE = "/_code/"
# More than an API request may have, so that the refusal of a large one still reaches its sender.
_MAX_BODY_BYTES = 64 << 20


def answer(machine: Machine, request: Request) -> Answer:
    """The answer to any request at all."""
    bucket = cos.bucket_of(request.host)
    if bucket is not None:
        return cos.answer(machine, request, bucket)
    if request.path in ("", "/"):
        return gateway.answer(machine, request)
    if request.path.startswith(control.PREFIX):
        return control.answer(machine, request)
    if request.path.startswith(url_door.PREFIX):
        return url_door.answer(machine, request)
    if request.path.startswith(_CODE) and request.method == "GET":
        return _code(machine, request.path.removeprefix(_CODE))
    return Answer(404, b"There is nothing here; the API is at /.\n", "text/plain")


def largest_body(host: str) -> int:
    """How many bytes a request to this host may bring at most."""
    return cos.MAX_OBJECT_BYTES if cos.bucket_of(host) else _MAX_BODY_BYTES


def _code(machine: Machine, sha256: str) -> Answer:
    # The hash is the permission, as the signed address is in the cloud: only GetFunctionAddress tells it.
    with machine.store.exclusive(writes=False):
        content = machine.store.blob(sha256)
    if content is None:
        return Answer(404, b"There is no such code.\n", "text/plain")
    return Answer(200, content, "application/zip")
