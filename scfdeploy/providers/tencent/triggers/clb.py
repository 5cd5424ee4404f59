"""Triggers of load balancers: a forwarding rule whose target is a function. SCF lists them with the id of the rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.triggers.list_triggers import missing_trigger, parse_address, resource_tail
from scfdeploy.triggers import CloudTrigger

_PRODUCT = "clb"
_DONE, _FAILED = 0, 1


class ClbTriggers:
    """Plans steps for triggers of the type `clb`. The listener must exist; a missing forwarding rule is created.

    A rule is never deleted: it has no ownership tag, so another client may have created it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def read_row(self, row: Mapping[str, Any]) -> CloudTrigger | None:
        """The trigger of a row, which has ids only; the other settings are read from the load balancer."""
        balancer, listener, location, *_ = (*resource_tail(row).split("/"), "", "")
        qualifier = str(row.get("Qualifier") or "$LATEST")
        parameters = self._read(balancer, listener, location) or {"LoadBalancerId": resource_tail(row)}
        return CloudTrigger("", "", qualifier, parameters=parameters)

    def create(self, change: Change) -> Sequence[Step]:
        """Create the rule if it does not exist, then register its target. Each call starts a task."""
        rule = _Rule(self._client, change)
        creation, registration = _Task(self._client, "CreateRule"), _Task(self._client, "RegisterFunctionTargets")
        return (
            Step(
                message("create rule"),
                lambda: creation.record(rule.create()),
                took_effect=rule.exists,
                readiness=creation.readiness,
            ),
            Step(
                message("register"),
                lambda: registration.record(rule.register()),
                took_effect=rule.is_registered,
                readiness=registration.readiness,
            ),
        )

    def update(self, change: Change) -> Sequence[Step]:
        """One call, which changes the weight; the other settings cannot be changed in place."""
        rule, task = _Rule(self._client, change), _Task(self._client, "ModifyFunctionTargets")
        return (Step(message("update"), lambda: task.record(rule.modify()), readiness=task.readiness, idempotent=True),)

    def delete(self, change: Change) -> Sequence[Step]:
        """Read the registration, then deregister it; the rule remains, without a target."""
        rule, task = _Rule(self._client, change), _Task(self._client, "DeregisterFunctionTargets")
        deregister = Step(
            message("deregister"),
            lambda: task.record(rule.deregister()),
            readiness=task.readiness,
            idempotent=True,
        )
        return (deregister,)

    def _read(self, balancer: str, listener_id: str, location: str) -> dict[str, Value] | None:
        if not listener_id:
            return None
        params = {"LoadBalancerId": balancer, "ListenerIds": [listener_id]}
        try:
            response = self._client.read("DescribeTargets", params, product=_PRODUCT)
        except CloudError as error:
            if error.kind is ErrorKind.REJECTED:  # the balancer is deleted, or these keys may not read it
                return None
            raise
        for listener in response.get("Listeners") or ():
            for rule in listener.get("Rules") or ():
                if rule.get("LocationId") == location:
                    weights = [target.get("Weight") for target in rule.get("FunctionTargets") or ()]
                    return {
                        "LoadBalancerId": balancer,
                        "Protocol": listener.get("Protocol"),
                        "Port": listener.get("Port"),
                        "Domain": rule.get("Domain"),
                        "Url": rule.get("Url"),
                        "Weight": weights[0] if weights else None,
                    }
        return None


class _Rule:
    """The forwarding rule of one trigger, read when it is needed."""

    def __init__(self, client: Client, change: Change) -> None:
        kind, name = parse_address(change.address)
        self._client = client
        self._function = change.address.of
        self._wire = kind.to_cloud(name, change.settings)
        self._parameters = self._wire.parameters

    def exists(self) -> bool:
        """Whether the rule exists. Raises ScfDeployError when its listener does not."""
        return self._find(self._listener()) is not None

    def create(self) -> str:
        """Create the rule; returns the request id, empty if the rule exists."""
        listener = self._listener()
        if self._find(listener) is not None:
            return ""
        rules = [{"Domain": self._parameters["Domain"], "Url": self._parameters["Url"]}]
        return self._write("CreateRule", {"ListenerId": listener["ListenerId"], "Rules": rules})

    def register(self) -> str:
        """Make the function the target of the rule; returns the request id, empty if it is the target."""
        return "" if self.is_registered() else self._call("RegisterFunctionTargets", self._target())

    def is_registered(self) -> bool:
        """Whether the version or alias of the trigger is the target of the rule."""
        registered = self._registered()
        return registered is not None and registered["Function"].get("FunctionQualifier") == self._wire.qualifier

    def modify(self) -> str:
        """Set the weight of the target; returns the request id."""
        return self._call("ModifyFunctionTargets", self._target())

    def deregister(self) -> str:
        """Remove the function from the rule, with any version or alias; returns the request id."""
        registered = self._registered()
        if registered is None:
            raise missing_trigger("DeregisterFunctionTargets")
        return self._call("DeregisterFunctionTargets", registered)

    def _call(self, action: str, target: Mapping[str, Any]) -> str:
        listener = self._listener()
        rule = self._find(listener)
        if rule is None:
            raise missing_trigger(action)
        ids = {"ListenerId": listener["ListenerId"], "LocationId": rule["LocationId"]}
        return self._write(action, {**ids, "FunctionTargets": [target]})

    def _registered(self) -> dict[str, Any] | None:
        """The function as the target of the rule; None if it is not."""
        params = {"LoadBalancerId": self._parameters["LoadBalancerId"], "ListenerIds": [self._listener()["ListenerId"]]}
        response = self._client.read("DescribeTargets", params, product=_PRODUCT)
        targets = (
            target
            for listener in response.get("Listeners") or ()
            for rule in listener.get("Rules") or ()
            if self._matches(rule)
            for target in rule.get("FunctionTargets") or ()
        )
        this_function = (self._function.namespace, self._function.function)
        for target in targets:
            function = target.get("Function") or {}
            if (function.get("FunctionNamespace"), function.get("FunctionName")) == this_function:
                return {"Function": function, "Weight": target.get("Weight")}
        return None

    def _target(self) -> dict[str, Any]:
        qualifier = self._wire.qualifier
        function = {
            "FunctionNamespace": self._function.namespace,
            "FunctionName": self._function.function,
            "FunctionQualifier": qualifier,
            "FunctionQualifierType": "VERSION" if qualifier == "$LATEST" or qualifier.isdecimal() else "ALIAS",
        }
        return {"Function": function, "Weight": self._parameters["Weight"]}

    def _listener(self) -> Answer:
        balancer, protocol, port = (self._parameters[name] for name in ("LoadBalancerId", "Protocol", "Port"))
        params = {"LoadBalancerId": balancer, "Protocol": protocol, "Port": port}
        response = self._client.read("DescribeListeners", params, product=_PRODUCT)
        listeners: list[Answer] = response.get("Listeners") or []
        for listener in listeners:
            if (listener.get("Protocol"), listener.get("Port")) == (protocol, port):
                return listener
        raise ScfDeployError(
            message(
                "{balancer} has no listener for {protocol} on port {port}",
                balancer=balancer,
                protocol=protocol,
                port=port,
            ),
            hint=message("Create the listener in the load balancer console first."),
        )

    def _find(self, listener: Answer) -> Answer | None:
        return next((rule for rule in listener.get("Rules") or () if self._matches(rule)), None)

    def _matches(self, rule: Mapping[str, Any]) -> bool:
        return (rule.get("Domain"), rule.get("Url")) == (self._parameters["Domain"], self._parameters["Url"])

    def _write(self, action: str, params: Mapping[str, Any]) -> str:
        balancer = {"LoadBalancerId": self._parameters["LoadBalancerId"]}
        return self._client.submit(action, {**balancer, **params}, product=_PRODUCT)


class _Task:
    """A task that a call started; the request id of the call identifies it."""

    def __init__(self, client: Client, action: str) -> None:
        self._client = client
        self._action = action
        self._id = ""

    def record(self, request_id: str) -> str:
        """Record and return the request id of the call."""
        self._id = request_id
        return request_id

    def readiness(self) -> Readiness:
        """Whether the task is done. Ready without an id: no call was needed, or a lost response took effect."""
        if not self._id:
            return Readiness.READY
        response = self._client.read("DescribeTaskStatus", {"TaskId": self._id}, product=_PRODUCT)
        if response.get("Status") == _FAILED:
            text = str(response.get("Message") or message("the task failed"))
            raise CloudError(ErrorKind.REJECTED, "FailedOperation", text, action=self._action, request_id=self._id)
        return Readiness.READY if response.get("Status") == _DONE else Readiness.PENDING
