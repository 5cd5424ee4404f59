"""Dispatches API requests: checks signature, version, action and parameters, applies faults, runs the action."""

from __future__ import annotations

import logging
import time
import uuid

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.auth import Envelope, check_head, open_envelope
from scfdeploy.emulator.faults import Effect
from scfdeploy.emulator.messages import Admission, CloudError, Json, Request, Response, json_response
from scfdeploy.emulator.parameters import check_parameters, check_region, unflatten
from scfdeploy.emulator.recorder import Entry
from scfdeploy.emulator.registry import ACTIONS
from scfdeploy.emulator.schema import Shape, find_product, find_shape

_log = logging.getLogger(__name__)


def admit(app: EmulatorApp, request: Request) -> Admission | Response:
    """Check the head of a request: return the size limit of its body, or the error of the API."""
    try:
        maximum = check_head(request, app.credentials, now=time.time())
    except CloudError as error:
        return _reject(app, error)
    too_large = CloudError("RequestSizeLimitExceeded", f"The request is larger than {maximum >> 10} KB.")
    return Admission(maximum, lambda: _reject(app, too_large))


def _reject(app: EmulatorApp, error: CloudError) -> Response:
    request_id = str(uuid.uuid4())
    app.recorder.add(Entry("", "", "", app.clock.now(), 0.0, error.code, request_id))
    return _error_response(error, request_id)


def handle(app: EmulatorApp, request: Request) -> Response:
    """Handle one API request. API errors have the HTTP status 200, too."""
    start, started_at = time.perf_counter(), app.clock.now()
    handler = RequestHandler(app)
    try:
        response = handler.handle(request)
        outcome = response.outcome
    except CloudError as error:
        response, outcome = _error_response(error, handler.request_id), error.code
    except UnicodeEncodeError:
        failure = CloudError("InvalidParameter", "A text has half of a surrogate pair, which UTF-8 does not allow.")
        response, outcome = _error_response(failure, handler.request_id), failure.code
    except Exception:  # noqa: BLE001 - the outermost edge: the client must get a response in any case
        _log.exception("the local server failed")
        failure = CloudError("InternalError", "The local server failed; see its error output.")
        response, outcome = _error_response(failure, handler.request_id), failure.code
    if response.dropped:
        outcome = "dropped"
    elif response.status != 200:
        outcome = f"http {response.status}"
    seconds = round(time.perf_counter() - start, 6)
    app.recorder.add(
        Entry(handler.action, handler.product, handler.region, started_at, seconds, outcome, handler.request_id)
    )
    return response


class RequestHandler:
    """Handles one request. Its attributes are empty until they are read from the request."""

    def __init__(self, app: EmulatorApp) -> None:
        self._app = app
        self.request_id = str(uuid.uuid4())
        self.action = self.product = self.region = ""

    def handle(self, request: Request) -> Response:
        """Return the response. Raises CloudError for an error of the API."""
        envelope = open_envelope(request, self._app.credentials, now=time.time())
        shape = self._identify(envelope)
        content = {**envelope.parameters, "X-TC-Region": self.region}
        function = _function_name(envelope)
        effect = self._app.faults.effect(self.action, product=self.product, function=function, content=content)
        if effect.skew_s:
            open_envelope(request, self._app.credentials, now=time.time() + effect.skew_s)
        effect.wait(self._app.settings.latency_s)
        return effect.apply(lambda: self._run(envelope, shape, effect), fail=_fail)

    def _identify(self, envelope: Envelope) -> Shape:
        self.action = envelope.action
        self.region = envelope.region or self._app.settings.region
        check_region(self.region)
        product = find_product(envelope.version, envelope.action)
        if product is None:
            raise CloudError("NoSuchVersion", f"The API version `{envelope.version}` does not exist.")
        self.product = product
        shape = find_shape(product, envelope.action)
        if shape is None:
            raise CloudError("InvalidAction", f"The action `{envelope.action}` does not exist.")
        return shape

    def _run(self, envelope: Envelope, shape: Shape, effect: Effect) -> Response:
        parameters = unflatten(shape, envelope.parameters) if envelope.flat else envelope.parameters
        parameters = check_parameters(shape, parameters)
        action = ACTIONS.get((self.product, self.action))
        if action is None:
            raise CloudError("UnsupportedOperation", f"The local server does not offer {self.action}.")
        self._app.complete_due()
        if action.writes and effect.stale_s:
            self._app.delay_reads(effect.stale_s)
        app = self._app if action.writes else self._app.read_view()
        call = ApiCall(
            app.context(), self.region, self.request_id, effect.async_failure, effect.stuck, effect.late_tags_s
        )
        if action.exclusive:
            with app.store.exclusive(writes=action.writes):
                result = action.run(call, parameters)
        else:
            result = action.run(call, parameters)
        return json_response({"Response": {**result, "RequestId": self.request_id}})


def _function_name(envelope: Envelope) -> str:
    """The function that a call names: by its own parameter, or at the end of a resource name."""
    name = envelope.parameters.get("FunctionName") or envelope.parameters.get("Resource") or ""
    return str(name).rpartition("/")[2]


def _fail(effect: Effect) -> Response:
    if effect.status:
        return Response(effect.status, effect.message.encode(), "text/plain")
    raise CloudError(effect.code, effect.message)


def _error_response(error: CloudError, request_id: str) -> Response:
    content: Json = {"Error": {"Code": error.code, "Message": error.message}, "RequestId": request_id}
    return json_response({"Response": content})
