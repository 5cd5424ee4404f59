"""The table of control paths and what each does."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import asdict

from scfdeploy import __version__
from scfdeploy.delivery.core import End
from scfdeploy.emulator.access import CONTROL
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.control import queues
from scfdeploy.emulator.errors import ControlError
from scfdeploy.emulator.faults import parse_rules
from scfdeploy.emulator.messages import Answer, Json, Request, json_answer, read_json
from scfdeploy.emulator.numbers import seconds_of
from scfdeploy.emulator.store import TimelineStep

_MOST_IDLE_S = 30 * 86400
_MOST_STEPS = 10_000


def answer(app: EmulatorApp, request: Request) -> Answer:
    """The answer of a control path. HTTP says what went wrong: 400, 404 or 405."""
    sent = request.headers.get("x-scfdeploy-key", "")
    if app.control_key and not hmac.compare_digest(sent.encode(), app.control_key.encode()):
        return json_answer({"error": "this server answers only the command that started it"}, status=403)
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
    return {"now": app.event_clock.now()}


def _advance(app: EmulatorApp, content: object) -> Json:
    """Advance by `advance_s`; or with `until` "idle" until no event waits; or with `step` to the next due time.

    With `steps` true the answer lists what happened.
    """
    body = _object(content)
    seconds, limit_s = seconds_of(body.get("advance_s")), seconds_of(body.get("limit_s", _MOST_IDLE_S))
    until, is_step = body.get("until"), body.get("step", False)
    wanted = [seconds is not None, until == "idle", is_step is True]
    if sum(wanted) != 1 or limit_s is None or until not in (None, "idle"):
        raise ControlError(
            'the body must be {"advance_s": SECONDS}, {"until": "idle"} or {"step": true}; '
            "time only goes forward, by years at most"
        )
    with app.store.exclusive(writes=False):
        newest = app.store.events.last_step()
    progress = app.events.advance(seconds, limit_s=limit_s, is_step=is_step is True)
    if seconds is not None and app.clock is not app.event_clock:
        app.clock.advance(seconds)
    found = _clock(app, content) | {
        "ran": progress.ran,
        "dead": progress.ends.get(End.DEAD_LETTERED.value, 0),
        "ends": progress.ends,
    }
    if body.get("steps") is True:
        with app.store.exclusive(writes=False):
            steps = app.store.events.steps_after(newest, _MOST_STEPS)
            found["steps"] = [_step(app, step) for step in steps]
    return found


def _step(app: EmulatorApp, step: TimelineStep) -> Json:
    event = app.store.events.find(step.request_id)
    return asdict(step) | {"function": event.name if event else ""}


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
    ("GET", "queues"): lambda app, content: queues.list_queues(app, _object(content)),
    ("POST", "queues/show"): lambda app, content: queues.show_queue(app, _object(content)),
    ("POST", "queues/create"): lambda app, content: queues.create_queue(app, _object(content)),
    ("POST", "queues/subscribe"): lambda app, content: queues.subscribe(app, _object(content)),
    ("POST", "queues/send"): lambda app, content: queues.send(app, _object(content)),
    ("POST", "queues/purge"): lambda app, content: queues.purge(app, _object(content)),
    ("POST", "queues/delete"): lambda app, content: queues.delete_messages(app, _object(content)),
    ("GET", "settings"): _settings,
    ("POST", "settings"): _set_settings,
}
