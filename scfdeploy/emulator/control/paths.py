"""The table of control paths, and those of faults, calls, clock and settings."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import asdict

from scfdeploy import __version__
from scfdeploy.delivery.core import End
from scfdeploy.emulator.access import CONTROL
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.control import events, logs, queues
from scfdeploy.emulator.control.content import require_object, require_text
from scfdeploy.emulator.faults import parse_rules
from scfdeploy.emulator.messages import (
    ControlError,
    Json,
    Request,
    Response,
    json_response,
    parse_seconds,
    read_json,
)
from scfdeploy.emulator.scf import url_paths
from scfdeploy.emulator.scf.events.firing import fire_now
from scfdeploy.emulator.scf.records import functions, triggers

_MAX_IDLE_S = 30 * 86400
_MAX_STEP_S = 10 * 365 * 86400
_SURROGATE = "a text has half of a surrogate pair, which UTF-8 does not allow"


def handle(app: EmulatorApp, request: Request) -> Response:
    """Respond to a control path, with status 400, 404 or 405 for an invalid request."""
    key = request.headers.get("x-scfdeploy-key", "")
    if app.control_key and not hmac.compare_digest(key.encode(), app.control_key.encode()):
        return json_response({"error": "this server answers only the command that started it"}, status=403)
    path = request.path.removeprefix(CONTROL)
    methods = {method for method, known in _PATHS if known == path}
    if not methods:
        return json_response({"error": f"there is no control path {request.path}"}, status=404)
    if request.method not in methods:
        return json_response({"error": f"{request.path} takes {' and '.join(sorted(methods))}"}, status=405)
    try:
        content = read_json(request.body or b"{}")
    except ValueError as error:
        return json_response({"error": f"the body is not JSON: {error}"}, status=400)
    try:
        return json_response(_PATHS[request.method, path](app, content))
    except (ControlError, UnicodeEncodeError) as error:
        problem = str(error) if isinstance(error, ControlError) else _SURROGATE
        return json_response({"error": problem}, status=400)


def _reset(app: EmulatorApp, _content: object) -> Json:
    app.reset()
    return {"ok": True}


def _state(app: EmulatorApp, _content: object) -> Json:
    app.complete_due()
    state: Json = {}
    with app.store.exclusive(writes=False):
        for kind, key, document in app.store.list_all():
            state.setdefault(kind, {})[key] = document
    return state


def _variables(app: EmulatorApp, _content: object) -> Json:
    """The environment variables of all functions, each once, so that a client can redact the secret ones."""
    with app.store.exclusive(writes=False):
        versions = [version for _, version in app.store.list_prefix(functions.VERSION, "")]
    pairs = {
        (entry["Key"], entry["Value"])
        for version in versions
        for entry in (version.get("Environment") or {}).get("Variables") or ()
    }
    return {"variables": sorted(pairs)}


def _delete_calls(app: EmulatorApp, _content: object) -> Json:
    app.recorder.clear()
    return {"ok": True}


def _get_faults(app: EmulatorApp, _content: object) -> Json:
    return {"rules": app.faults.listing()}


def _set_faults(app: EmulatorApp, content: object) -> Json:
    app.faults.replace(parse_rules(content))
    return _get_faults(app, content)


def _get_clock(app: EmulatorApp, _content: object) -> Json:
    return {"now": app.event_clock.now()}


def _advance_clock(app: EmulatorApp, content: object) -> Json:
    """Advance by `advance_s`; or with `until` "idle" until no event waits; or with `step` to the next due time.

    With `until` "ended" it stops when the event `event` has ended. With `steps` true the response lists what happened,
    and with `steps` "all" also what happened before to the same events. Timers fire where triggers do, or with
    `triggers` true, but not with `until`.
    """
    body = require_object(content)
    until, is_step, event = body.get("until"), body.get("step", False) is True, body.get("event", "")
    # A timer may fire only once a year.
    limit_s = parse_seconds(body.get("limit_s", _MAX_STEP_S if is_step else _MAX_IDLE_S))
    seconds = parse_seconds(body.get("advance_s"))
    is_valid_until = until in (None, "idle") or (until == "ended" and isinstance(event, str) and event != "")
    if sum((seconds is not None, until is not None, is_step)) != 1 or limit_s is None or not is_valid_until:
        raise ControlError(
            'the body must be {"advance_s": SECONDS}, {"until": "idle"}, {"until": "ended", "event": REQUEST_ID} or '
            '{"step": true}; SECONDS is a number from 0 to ten years'
        )
    with app.store.exclusive(writes=False):
        last_step = app.store.events.last_step()
    until_end_of = event if until == "ended" else ""
    may_fire = app.fires_triggers or (app.settings.triggers is None and body.get("triggers") is True)
    progress = app.events.advance(
        seconds,
        limit_s=limit_s,
        is_step=is_step,
        until_end_of=until_end_of,
        fires_timers=may_fire and until is None,
    )
    if seconds is not None and app.clock is not app.event_clock:
        app.clock.advance(seconds)
    result = _get_clock(app, content) | {
        "ran": progress.ran,
        "dead": progress.ends.get(End.DEAD_LETTERED.value, 0),
        "ends": progress.ends,
        "nextFiring": _next_firing(app) if may_fire else None,
    }
    if body.get("steps") in (True, "all"):
        result |= events.steps_since(app, last_step, with_earlier=body["steps"] == "all")
    return result


def _fire_timers(app: EmulatorApp, content: object) -> Json:
    """Fire the timers of `function` (`region/namespace/name`) now: all, or the one called `trigger`."""
    body = require_object(content)
    function, name = require_text(body, "function"), body.get("trigger") or ""
    if not isinstance(name, str):
        raise ControlError('"trigger" is a text')
    with app.store.exclusive(writes=True):
        fired = fire_now(app, function, name)
    app.events.wake()
    return {"fired": fired}


def _next_firing(app: EmulatorApp) -> Json | None:
    firing = app.events.next_firing()
    if firing is None:
        return None
    function = triggers.function_of(firing.trigger).rpartition("/")[2]
    return {"at": firing.at, "function": function, "trigger": firing.trigger["TriggerName"]}


def _set_settings(app: EmulatorApp, content: object) -> Json:
    app.settings = app.settings.changed(require_object(content))
    return asdict(app.settings)


_PATHS: dict[tuple[str, str], Callable[[EmulatorApp, object], Json]] = {
    ("GET", "health"): lambda app, _: {
        "ok": True,
        "version": __version__,
        "now": app.clock.now(),
        "url": app.base_url,
    },
    ("POST", "reset"): _reset,
    ("GET", "state"): _state,
    ("GET", "variables"): _variables,
    ("GET", "urls"): lambda app, _: {"urls": url_paths.list_paths(app)},
    ("POST", "timers"): _fire_timers,
    ("GET", "calls"): lambda app, _: {"calls": app.recorder.listing()},
    ("DELETE", "calls"): _delete_calls,
    ("GET", "faults"): _get_faults,
    ("POST", "faults"): _set_faults,
    ("GET", "clock"): _get_clock,
    ("POST", "clock"): _advance_clock,
    ("POST", "events"): lambda app, content: events.list_events(app, require_object(content)),
    ("POST", "events/show"): lambda app, content: events.show_event(app, require_object(content)),
    ("POST", "events/stats"): lambda app, content: events.count_events(app, require_object(content)),
    ("POST", "events/cancel"): lambda app, content: events.cancel(app, require_object(content)),
    ("POST", "events/begin"): lambda app, content: events.begin(app, require_object(content)),
    ("POST", "logs"): lambda app, content: logs.read_logs(app, require_object(content)),
    ("GET", "queues"): lambda app, content: queues.list_queues(app, require_object(content)),
    ("POST", "queues/show"): lambda app, content: queues.show_queue(app, require_object(content)),
    ("POST", "queues/create"): lambda app, content: queues.create_queue(app, require_object(content)),
    ("POST", "queues/subscribe"): lambda app, content: queues.subscribe(app, require_object(content)),
    ("POST", "queues/send"): lambda app, content: queues.send(app, require_object(content)),
    ("POST", "queues/purge"): lambda app, content: queues.purge(app, require_object(content)),
    ("POST", "queues/delete"): lambda app, content: queues.delete_messages(app, require_object(content)),
    ("GET", "settings"): lambda app, _: asdict(app.settings),
    ("POST", "settings"): _set_settings,
}
