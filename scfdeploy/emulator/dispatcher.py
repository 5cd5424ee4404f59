"""Dispatches API requests: checks signature, version, action and parameters, applies faults, runs the action."""

from __future__ import annotations

import logging
import re
import time
import uuid

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.auth import Envelope, check_head, open_envelope
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.faults import Effect
from scfdeploy.emulator.faults.corrupt_response import garble
from scfdeploy.emulator.messages import Admission, Answer, Json, Request, json_answer
from scfdeploy.emulator.parameters import checked, unflatten
from scfdeploy.emulator.recorder import Entry
from scfdeploy.emulator.registry import ACTIONS
from scfdeploy.emulator.schema import Shape, product_of, shape_of

# Not a list of names: a new region must not make a test fail.
_REGION = re.compile(r"[a-z]{2}-[a-z0-9-]+")
_log = logging.getLogger(__name__)


def admit(app: EmulatorApp, request: Request) -> Admission | Answer:
    """Check the head of a request: return the size limit of its body, or the API's error."""
    try:
        most = check_head(request, app.credentials, now=time.time())
    except CloudError as error:
        return _refused(app, error)
    too_large = CloudError("RequestSizeLimitExceeded", f"The request is larger than {most >> 10} KB.")
    return Admission(most, lambda: _refused(app, too_large))


def _refused(app: EmulatorApp, error: CloudError) -> Answer:
    request_id = str(uuid.uuid4())
    app.recorder.add(Entry("", "", "", app.clock.now(), 0.0, error.code, request_id))
    return json_answer(_error(error, request_id))


def answer(app: EmulatorApp, request: Request) -> Answer:
    """Answer one API request. API errors have the HTTP status 200, too."""
    began, at = time.perf_counter(), app.clock.now()
    handler = RequestHandler(app)
    try:
        found = handler.handle(request)
        outcome = found.outcome
    except CloudError as error:
        found, outcome = json_answer(_error(error, handler.request_id)), error.code
    except Exception:  # noqa: BLE001 - the outermost edge: the client must get an answer in any case
        _log.exception("the local server failed")
        fault = CloudError("InternalError", "The local server failed; its error output says why.")
        found, outcome = json_answer(_error(fault, handler.request_id)), fault.code
    if found.dropped:
        outcome = "dropped"
    elif found.status != 200:
        outcome = f"http {found.status}"
    seconds = round(time.perf_counter() - began, 6)
    app.recorder.add(Entry(handler.action, handler.product, handler.region, at, seconds, outcome, handler.request_id))
    return found


class RequestHandler:
    """Handles one request. Its attributes are empty until they are read from the request."""

    def __init__(self, app: EmulatorApp) -> None:
        self._app = app
        self.request_id = str(uuid.uuid4())
        self.action = self.product = self.region = ""

    def handle(self, request: Request) -> Answer:
        """Return the answer. Raises CloudError for an error of the API."""
        envelope = open_envelope(request, self._app.credentials, now=time.time())
        shape = self._recognised(envelope)
        asked = {**envelope.parameters, "X-TC-Region": self.region}
        effect = self._app.faults.effect(self.action, product=self.product, function=_function(envelope), content=asked)
        if effect.skew_s:
            open_envelope(request, self._app.credentials, now=time.time() + effect.skew_s)
        if wait_s := self._app.settings.latency_s + effect.latency_s:
            time.sleep(wait_s)  # noqa: TID251 - the slowness that was asked for
        if effect.when == "before" and (failure := _failure(effect)):
            return failure
        result = self._performed(envelope, shape, effect)
        if effect.when == "after" and (failure := _failure(effect)):
            return failure
        whole = json_answer({"Response": {**result, "RequestId": self.request_id}})
        return garble(whole, effect.garbled) if effect.garbled else whole

    def _recognised(self, envelope: Envelope) -> Shape:
        self.action = envelope.action
        self.region = envelope.region or self._app.settings.region
        if not _REGION.fullmatch(self.region):
            raise CloudError("UnsupportedRegion", f"The region `{self.region}` is not served.")
        product = product_of(envelope.version)
        if product is None:
            raise CloudError("NoSuchVersion", f"The API version `{envelope.version}` does not exist.")
        self.product = product
        shape = shape_of(product, envelope.action)
        if shape is None:
            raise CloudError("InvalidAction", f"The action `{envelope.action}` does not exist.")
        return shape

    def _performed(self, envelope: Envelope, shape: Shape, effect: Effect) -> Json:
        given = unflatten(shape, envelope.parameters) if envelope.flat else envelope.parameters
        parameters = checked(shape, given)
        action = ACTIONS.get((self.product, self.action))
        if action is None:
            raise CloudError("UnsupportedOperation", f"The local server does not offer {self.action}.")
        self._app.settle()
        if action.writes and effect.stale_s:
            self._app.delay_reads(effect.stale_s)
        app = self._app if action.writes else self._app.as_read()
        call = ApiCall(
            app.context(), self.region, self.request_id, effect.async_failure, effect.stuck, effect.late_tags_s
        )
        if not action.exclusive:
            return action.run(call, parameters)
        with app.store.exclusive(writes=action.writes):
            return action.run(call, parameters)


def _function(envelope: Envelope) -> str:
    """The function that a call names: by its own parameter, or at the end of a resource's name."""
    named = envelope.parameters.get("FunctionName") or envelope.parameters.get("Resource") or ""
    return str(named).rpartition("/")[2]


def _failure(effect: Effect) -> Answer | None:
    if effect.drop:
        return Answer(0, b"", dropped=True)
    if effect.status:
        return Answer(effect.status, effect.message.encode(), "text/plain")
    if effect.code:
        raise CloudError(effect.code, effect.message)
    return None


def _error(error: CloudError, request_id: str) -> Json:
    return {"Response": {"Error": {"Code": error.code, "Message": error.message}, "RequestId": request_id}}
