"""Starts functions by their triggers: timers, objects that were written or deleted, messages of topics.

Every firing is an asynchronous event. The setting `triggers` says whether triggers fire.
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.clock import CHINA, as_iso
from scfdeploy.emulator.messages import CloudError, Json, Request, compact_json
from scfdeploy.emulator.queues.publish import Published
from scfdeploy.emulator.scf.invocations import store_event
from scfdeploy.emulator.scf.records import functions, triggers
from scfdeploy.emulator.scf.triggers.cmq import fits_message, topic_event
from scfdeploy.emulator.scf.triggers.cos import ObjectChange, fits_object, object_event
from scfdeploy.emulator.scf.triggers.cron import next_time
from scfdeploy.emulator.scf.triggers.timer import timer_event

if TYPE_CHECKING:
    from scfdeploy.emulator.app import EmulatorApp

_TIMER_ZONE = CHINA
"""The time zone of timers: assumed, the platform's documents name none."""
_MOST_MISSED_MS = 60_000


@dataclass(frozen=True, slots=True)
class Firing:
    """A timer that is due at `at` (milliseconds)."""

    at: int
    trigger: Json


class Timers:
    """The timers of all functions. They have fired for every time up to `skip_to` or the last `fire`."""

    def __init__(self, app: EmulatorApp) -> None:
        self._app = app
        self._fired_until = 0
        self._times: dict[str, tuple[datetime, datetime | None]] = {}

    def skip_to(self, moment: int) -> None:
        """Leave out what would have fired up to a time."""
        self._fired_until = max(self._fired_until, moment)

    def next(self) -> Firing | None:
        """The timer that fires next. Inside `Store.exclusive`."""
        return next(iter(self._earliest()), None)

    def fire(self, until: int) -> None:
        """Start the functions of all timers that are due by a time, in order. Inside `Store.exclusive`."""
        while (firings := self._earliest()) and firings[0].at <= until:
            moment = datetime.fromtimestamp(firings[0].at / 1000, _TIMER_ZONE)
            for trigger in (firing.trigger for firing in firings):
                event = timer_event(trigger, moment)
                _start(self._app, triggers.function_of(trigger), trigger["Qualifier"], event, "TRIGGER_TIMER")
            self._fired_until = firings[0].at
        self.skip_to(until)

    def fire_recent(self, now: int) -> None:
        """Like `fire`, but without times that passed long ago, while the machine slept."""
        self.skip_to(now - _MOST_MISSED_MS)
        self.fire(now)

    def is_new_second(self, now: int) -> bool:
        """Whether a new second has begun since the last `fire`: timers have whole seconds."""
        return now // 1000 > self._fired_until // 1000

    def _earliest(self) -> list[Firing]:
        """The timers that fire next, all at the same time."""
        firings = [
            Firing(at, trigger)
            for _, trigger in self._app.store.list_prefix(triggers.KIND, "")
            if trigger["Type"] == "timer" and trigger["Enable"] and (at := self._next_time(trigger)) is not None
        ]
        first = min((firing.at for firing in firings), default=None)
        return [firing for firing in firings if firing.at == first]

    def _next_time(self, trigger: Json) -> int | None:
        after = datetime.fromtimestamp(self._fired_until / 1000, _TIMER_ZONE)
        cron = trigger["TriggerDesc"]
        start, following = self._times.get(cron, (after, after))
        if not start <= after or (following is not None and following <= after):
            following = next_time(json.loads(cron)["cron"], after)
            self._times[cron] = (after, following)
        return None if following is None else round(following.timestamp() * 1000)


def fire_now(app: EmulatorApp, key: str, name: str) -> list[str]:
    """Start the function at `key` as its timers would now: all of them, or the one with a name. Returns their names.

    A timer that is switched off fires too: somebody asked for it. Inside `Store.exclusive`.
    """
    moment = datetime.fromtimestamp(app.event_clock.now(), _TIMER_ZONE)
    return [
        trigger["TriggerName"]
        for _, trigger in app.store.list_prefix(triggers.KIND, f"{key}/")
        if trigger["Type"] == "timer"
        and name in ("", trigger["TriggerName"])
        and _start(app, key, trigger["Qualifier"], timer_event(trigger, moment), "TRIGGER_TIMER")
    ]


def fire_object(app: EmulatorApp, request: Request, object_key: str, event: str, document: Json) -> None:
    """Start the functions whose COS triggers wait for an event such as `ObjectCreated:Put` of an object.

    `object_key` is `<region>/<bucket>/<name>`, `document` that of the object. Inside `Store.exclusive`.
    """
    if not app.fires_triggers:
        return
    region, bucket, name = object_key.split("/", 2)
    change = ObjectChange(
        region,
        bucket,
        name,
        f"cos:{event}",
        document["size"] if event.startswith("ObjectCreated:") else 0,
        document["type"],
        document["meta"],
        int(app.event_clock.now()),
        base64.b64encode(uuid.uuid4().bytes).decode(),
        request.headers.get("authorization", ""),
    )
    for key, trigger in _enabled_of_type(app, "cos", f"{bucket}.cos.{region}.myqcloud.com"):
        if fits_object(trigger, change.event, name):
            _start(app, key, trigger["Qualifier"], object_event(change, key, trigger["Qualifier"]), "TRIGGER_COS")


def fire_message(app: EmulatorApp, topic: str, published: Published, body: str, *, tag: str = "", key: str = "") -> int:
    """Start the functions that a message of a topic goes to, and return how many triggers fired.

    Besides those with a trigger, they are the subscribed ones, which the user has named. Inside `Store.exclusive`.
    """
    if app.settings.triggers is False:
        return 0

    def event(name: str) -> Json:
        return topic_event(
            {
                "topicOwner": app.settings.app_id,
                "topicName": topic,
                "subscriptionName": name,
                "publishTime": as_iso(app.event_clock.now()),
                "msgId": str(published.message_id),
                "requestId": str(published.message_id),
                "msgBody": body,
                "msgTag": tag,
            }
        )

    for name in published.functions:
        function = functions.find_key(app.store, name)
        if function is not None:
            _start(app, function, functions.LATEST, event(name), "TRIGGER_CMQ")
    if not app.fires_triggers:
        return 0
    fitting = [entry for entry in _enabled_of_type(app, "cmq", topic) if fits_message(entry[1], tag, key)]
    return sum(
        _start(app, function, trigger["Qualifier"], event(function.rpartition("/")[2]), "TRIGGER_CMQ")
        for function, trigger in fitting
    )


def _enabled_of_type(app: EmulatorApp, kind: str, name: str) -> list[tuple[str, Json]]:
    return [
        (triggers.function_of(trigger), trigger)
        for _, trigger in app.store.list_prefix(triggers.KIND, "")
        if trigger["Type"] == kind and trigger["TriggerName"] == name and trigger["Enable"]
    ]


def _start(app: EmulatorApp, key: str, qualifier: str, event: Json, source: str) -> bool:
    """Accept an event for a function. False when it cannot run: the function is gone, or is a web function."""
    call = ApiCall(app.context(), key.partition("/")[0])
    try:
        if functions.get_version(call, key)["Type"] == "HTTP":
            return False
        store_event(call, key, qualifier, compact_json(event), str(uuid.uuid4()), source)
    except CloudError:
        return False
    return True
