"""The table of control paths and what each does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from scfdeploy import __version__
from scfdeploy.emulator.access import CONTROL
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.errors import ControlError
from scfdeploy.emulator.faults import parse_rules
from scfdeploy.emulator.messages import Answer, Json, Request, json_answer, read_json
from scfdeploy.emulator.numbers import seconds_of


def answer(app: EmulatorApp, request: Request) -> Answer:
    """The answer of a control path. HTTP says what went wrong: 400, 404 or 405."""
    path = request.path.removeprefix(CONTROL)
    methods = {method for method, known in _PATHS if known == path}
    if not methods:
        return json_answer({"error": f"there is no control path {request.path}"}, status=404)
    if request.method not in methods:
        return json_answer({"error": f"{request.path} takes {' and '.join(sorted(methods))}"}, status=405)
    try:
        return json_answer(_PATHS[request.method, path](app, _content(request)))
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


def _health(app: EmulatorApp, _content: object) -> Json:
    return {"ok": True, "version": __version__, "now": app.clock.now(), "url": app.base_url}


def _reset(app: EmulatorApp, _content: object) -> Json:
    app.reset()
    return {"ok": True}


def _state(app: EmulatorApp, _content: object) -> Json:
    app.settle()
    found: Json = {}
    with app.store.exclusive(writes=False):
        for kind, key, document in app.store.everything():
            found.setdefault(kind, {})[key] = document
    return found


def _calls(app: EmulatorApp, _content: object) -> Json:
    return {"calls": app.recorder.listing()}


def _forget_calls(app: EmulatorApp, _content: object) -> Json:
    app.recorder.clear()
    return {"ok": True}


def _faults(app: EmulatorApp, _content: object) -> Json:
    return {"rules": app.faults.listing()}


def _set_faults(app: EmulatorApp, content: object) -> Json:
    app.faults.replace(parse_rules(content))
    return _faults(app, content)


def _clock(app: EmulatorApp, _content: object) -> Json:
    return {"now": app.clock.now()}


def _advance(app: EmulatorApp, content: object) -> Json:
    seconds = seconds_of(_object(content).get("advance_s"))
    if seconds is None:
        raise ControlError('the body must be {"advance_s": SECONDS}, and time only goes forward, by years at most')
    app.clock.advance(seconds)
    return _clock(app, content)


def _settings(app: EmulatorApp, _content: object) -> Json:
    return asdict(app.settings)


def _set_settings(app: EmulatorApp, content: object) -> Json:
    app.settings = app.settings.changed(_object(content))
    return asdict(app.settings)


_PATHS: dict[tuple[str, str], Callable[[EmulatorApp, object], Json]] = {
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
