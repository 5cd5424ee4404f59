"""The table of control paths and what each does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from scfdeploy import __version__
from scfdeploy.emulator.access import CONTROL
from scfdeploy.emulator.app import Machine
from scfdeploy.emulator.errors import ControlError
from scfdeploy.emulator.faults import parse_rules
from scfdeploy.emulator.messages import Answer, Json, Request, json_answer, read_json
from scfdeploy.emulator.numbers import seconds_of


def answer(machine: Machine, request: Request) -> Answer:
    """The answer of a control path. HTTP says what went wrong: 400, 404 or 405."""
    path = request.path.removeprefix(CONTROL)
    methods = {method for method, known in _PATHS if known == path}
    if not methods:
        return json_answer({"error": f"there is no control path {request.path}"}, status=404)
    if request.method not in methods:
        return json_answer({"error": f"{request.path} takes {' and '.join(sorted(methods))}"}, status=405)
    try:
        return json_answer(_PATHS[request.method, path](machine, _content(request)))
    except ControlError as error:
        return json_answer({"error": str(error)}, status=400)


def _content(request: Request) -> object:
    try:
        return read_json(request.body or b"{}")
    except ValueError as error:
        raise ControlError(f"the body is not JSON: {error}") from error


def _object(content: object) -> Json:
    if not isinstance(content, dict):
        raise ControlError("the body must be a JSON object")
    return content


def _health(machine: Machine, _content: object) -> Json:
    return {"ok": True, "version": __version__, "now": machine.clock.now(), "url": machine.base_url}


def _reset(machine: Machine, _content: object) -> Json:
    machine.reset()
    return {"ok": True}


def _state(machine: Machine, _content: object) -> Json:
    machine.settle()
    found: Json = {}
    with machine.store.exclusive(writes=False):
        for kind, key, document in machine.store.everything():
            found.setdefault(kind, {})[key] = document
    return found


def _calls(machine: Machine, _content: object) -> Json:
    return {"calls": machine.recorder.listing()}


def _forget_calls(machine: Machine, _content: object) -> Json:
    machine.recorder.clear()
    return {"ok": True}


def _faults(machine: Machine, _content: object) -> Json:
    return {"rules": machine.faults.listing()}


def _set_faults(machine: Machine, content: object) -> Json:
    machine.faults.replace(parse_rules(content))
    return _faults(machine, content)


def _clock(machine: Machine, _content: object) -> Json:
    return {"now": machine.clock.now()}


def _advance(machine: Machine, content: object) -> Json:
    seconds = seconds_of(_object(content).get("advance_s"))
    if seconds is None:
        raise ControlError('the body must be {"advance_s": SECONDS}, and time only goes forward, by years at most')
    machine.clock.advance(seconds)
    return _clock(machine, content)


def _settings(machine: Machine, _content: object) -> Json:
    return asdict(machine.settings)


def _set_settings(machine: Machine, content: object) -> Json:
    machine.settings = machine.settings.changed(_object(content))
    return asdict(machine.settings)


_PATHS: dict[tuple[str, str], Callable[[Machine, object], Json]] = {
    ("GET", "health"): _health,
    ("POST", "reset"): _reset,
    ("GET", "state"): _state,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _forget_calls,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _set_faults,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _advance,
    ("GET", "settings"): _settings,
    ("POST", "settings"): _set_settings,
}
