"""Triggers of load balancers: a forwarding rule whose target is a function. SCF lists them by the rule's id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.triggers.list_triggers import kind_of, missing, resource_tail
from scfdeploy.triggers import CloudTrigger

_PRODUCT = "clb"
_DONE, _FAILED = 0, 1


class ClbTriggers:
    """Steps for triggers of the type `clb`. The listener has to exist; a forwarding rule is made where there is none.

    A rule is never deleted: nothing in it says who made it, and others may have set it up.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def shown(self, row: Mapping[str, Any]) -> CloudTrigger | None:
        """A row of the list as a trigger; the row names ids only, the rest is asked of the load balancer product."""
        balancer, listener, location, *_ = (*resource_tail(row).split("/"), "", "")
        qualifier = str(row.get("Qualifier") or "$LATEST")
        found = self._target(balancer, listener, location)
        parameters: dict[str, Value] = found or {"LoadBalancerId": resource_tail(row)}
        return CloudTrigger("", "", qualifier, parameters=parameters)

    def create(self, change: Change) -> Sequence[Step]:
        """The rule, where it does not exist, and its target. Each is a task of the product, waited for."""
        place = _Place(self._client, change)
        making, binding = _Task(self._client, "CreateRule"), _Task(self._client, "RegisterFunctionTargets")
        return (
            Step(
                "create rule",
                lambda: making.started(place.create_rule()),
                took_effect=lambda: place.rule() is not None,
                readiness=making.readiness,
            ),
            Step(
                "register",
                lambda: binding.started(place.register()),
                took_effect=place.is_registered,
                readiness=binding.readiness,
            ),
        )

    def update(self, change: Change) -> Sequence[Step]:
        """One call: the weight is all that can be changed in place."""
        place, task = _Place(self._client, change), _Task(self._client, "ModifyFunctionTargets")
        return (Step("update", lambda: task.started(place.modify()), readiness=task.readiness, idempotent=True),)

    def delete(self, change: Change) -> Sequence[Step]:
        """Read the registration, then deregister; the rule remains, without a target."""
        place, task = _Place(self._client, change), _Task(self._client, "DeregisterFunctionTargets")
        return (
            Step("deregister", lambda: task.started(place.deregister()), readiness=task.readiness, idempotent=True),
        )

    def _target(self, balancer: str, listener: str, location: str) -> dict[str, Value] | None:
        if not listener:
            return None
        wanted = {"LoadBalancerId": balancer, "ListenerIds": [listener]}
        try:
            answer = self._client.read("DescribeTargets", wanted, product=_PRODUCT)
        except CloudError as error:
            if error.kind is ErrorKind.REJECTED:  # the balancer is deleted, or these keys may not read it
                return None
            raise
        for each in answer.get("Listeners") or ():
            for rule in each.get("Rules") or ():
                if rule.get("LocationId") == location:
                    weights = [target.get("Weight") for target in rule.get("FunctionTargets") or ()]
                    return {
                        "LoadBalancerId": balancer,
                        "Protocol": each.get("Protocol"),
                        "Port": each.get("Port"),
                        "Domain": rule.get("Domain"),
                        "Url": rule.get("Url"),
                        "Weight": weights[0] if weights else None,
                    }
        return None


class _Place:
    """The rule of one trigger, looked up when it is needed."""

    def __init__(self, client: Client, change: Change) -> None:
        kind, name = kind_of(change.address)
        self._client = client
        self._function = change.address.of
        self._wire = kind.to_cloud(name, change.settings)
        self._wanted = self._wire.parameters

    def rule(self) -> Answer | None:
        """The rule with its LocationId, or None; ScfDeployError when there is no listener for it."""
        return next((rule for rule in self._listener().get("Rules") or () if self._is_here(rule)), None)

    def create_rule(self) -> str:
        """Make the rule unless it exists; gives the request id, empty when nothing was to be done."""
        listener = self._listener()
        if any(self._is_here(rule) for rule in listener.get("Rules") or ()):
            return ""
        rules = [{"Domain": self._wanted["Domain"], "Url": self._wanted["Url"]}]
        return self._write("CreateRule", {"ListenerId": listener["ListenerId"], "Rules": rules})

    def register(self) -> str:
        """Make the function the rule's target, unless it is; gives the request id."""
        return "" if self.is_registered() else self._call("RegisterFunctionTargets", self._target())

    def is_registered(self) -> bool:
        """Whether the rule leads to the version or alias that is wanted."""
        registered = self._registered()
        return registered is not None and registered["Function"].get("FunctionQualifier") == self._wire.qualifier

    def modify(self) -> str:
        """Give the target its weight."""
        return self._call("ModifyFunctionTargets", self._target())

    def deregister(self) -> str:
        """Take the function off the rule, by whichever version or alias it is there."""
        registered = self._registered()
        if registered is None:
            raise missing("DeregisterFunctionTargets")
        return self._call("DeregisterFunctionTargets", registered)

    def _call(self, action: str, target: Mapping[str, Any]) -> str:
        listener = self._listener()
        rule = next((rule for rule in listener.get("Rules") or () if self._is_here(rule)), None)
        if rule is None:
            raise missing(action)
        where = {"ListenerId": listener["ListenerId"], "LocationId": rule["LocationId"]}
        return self._write(action, {**where, "FunctionTargets": [target]})

    def _registered(self) -> dict[str, Any] | None:
        """The function as the rule's target, or None."""
        wanted = {"LoadBalancerId": self._wanted["LoadBalancerId"], "ListenerIds": [self._listener()["ListenerId"]]}
        answer = self._client.read("DescribeTargets", wanted, product=_PRODUCT)
        targets = (
            target
            for listener in answer.get("Listeners") or ()
            for rule in listener.get("Rules") or ()
            if self._is_here(rule)
            for target in rule.get("FunctionTargets") or ()
        )
        ours = (self._function.namespace, self._function.function)
        for target in targets:
            function = target.get("Function") or {}
            if (function.get("FunctionNamespace"), function.get("FunctionName")) == ours:
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
        return {"Function": function, "Weight": self._wanted["Weight"]}

    def _listener(self) -> Answer:
        wanted = {name: self._wanted[name] for name in ("LoadBalancerId", "Protocol", "Port")}
        found = self._client.read("DescribeListeners", wanted, product=_PRODUCT).get("Listeners") or ()
        for listener in found:
            if (listener.get("Protocol"), listener.get("Port")) == (wanted["Protocol"], wanted["Port"]):
                whole: Answer = listener
                return whole
        raise ScfDeployError(
            f"{wanted['LoadBalancerId']} has no listener for {wanted['Protocol']} on port {wanted['Port']}",
            hint="Make the listener in the load balancer product first.",
        )

    def _is_here(self, rule: Mapping[str, Any]) -> bool:
        return (rule.get("Domain"), rule.get("Url")) == (self._wanted["Domain"], self._wanted["Url"])

    def _write(self, action: str, params: Mapping[str, Any]) -> str:
        whole = {"LoadBalancerId": self._wanted["LoadBalancerId"], **params}
        return str(self._client.write(action, whole, product=_PRODUCT).get("RequestId", ""))


class _Task:
    """What a call set going; the product knows it by the call's request id."""

    def __init__(self, client: Client, action: str) -> None:
        self._client = client
        self._action = action
        self._id = ""

    def started(self, request_id: str) -> str:
        """Keep the id of a call that was made."""
        self._id = request_id
        return request_id

    def readiness(self) -> Readiness:
        """Whether it is done; at once where no call was needed, or its answer was lost and the work was seen."""
        if not self._id:
            return Readiness.READY
        answer = self._client.read("DescribeTaskStatus", {"TaskId": self._id}, product=_PRODUCT)
        if answer.get("Status") == _FAILED:
            message = str(answer.get("Message") or "the task failed")
            raise CloudError(ErrorKind.REJECTED, "FailedOperation", message, action=self._action, request_id=self._id)
        return Readiness.READY if answer.get("Status") == _DONE else Readiness.PENDING
