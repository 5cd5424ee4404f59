"""`${output:<stage>:<app>:<instance>.<path>}`: values that one instance of a project takes from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scfdeploy.config.dependencies import Edge, InstanceKey
from scfdeploy.config.variables.errors import Problem
from scfdeploy.config.variables.sources import VariableValue
from scfdeploy.diagnostics import did_you_mean
from scfdeploy.model import Instance, Ref, Secret, Value
from scfdeploy.model.outputs import instance_outputs, output


class OutputName(NamedTuple):
    """A reference in its parts."""

    instance: InstanceKey
    path: str


def parse_output(form: str) -> OutputName | None:
    """The parts of `output:<stage>:<app>:<instance>.<path>`; None for another form."""
    kind, *parts = form.split(":")
    if kind != "output" or len(parts) != 3:
        return None
    stage, app, rest = parts
    name, dot, path = rest.partition(".")
    return OutputName(InstanceKey(app, stage, name), path) if all((stage, app, name, dot, path)) else None


class Outputs:
    """The instances of a project that were read so far, in the order of who needs whom.

    `known` are all instances whose files are there, `not_deployed` those of kinds that are not deployed here; `circles`
    are the ways round on which instances wait for each other, by who asks and who is asked.
    """

    def __init__(
        self,
        known: Sequence[InstanceKey],
        not_deployed: frozenset[InstanceKey],
        cycles: Mapping[tuple[InstanceKey, InstanceKey], Sequence[Edge]],
    ) -> None:
        self._read: dict[InstanceKey, Instance] = {}
        self._known = known
        self._not_deployed = not_deployed
        self._circles = cycles
        self._asked: dict[InstanceKey, dict[str, None]] = {}

    def add(self, instance: Instance) -> None:
        """From now on others can ask for this instance's outputs."""
        self._read[InstanceKey(instance.app, instance.stage, instance.name)] = instance

    def look_up(self, form: str, dependent: InstanceKey) -> VariableValue | Problem:
        """What a reference in the file of `dependent` stands for."""
        name = parse_output(form)
        if name is None:
            return _malformed(form)
        if (dependent, name.instance) in self._circles:
            return _circle(form, self._circles[dependent, name.instance])
        instance = self._read.get(name.instance)
        if instance is None:
            not_deployed = name.instance in self._not_deployed
            return (
                _not_deployed(form, name.instance) if not_deployed else self._elsewhere(form, name.instance, dependent)
            )
        self._asked.setdefault(dependent, {})[instance.name] = None
        return _answer(form, output(instance, name.path), instance)

    def dependencies_of(self, dependent: InstanceKey) -> tuple[str, ...]:
        """The names of the instances whose outputs the file of `dependent` was given."""
        return tuple(self._asked.get(dependent, ()))

    def _elsewhere(self, form: str, key: InstanceKey, dependent: InstanceKey) -> Problem:
        others = [known.name for known in self._known if known[:2] == key[:2] and known != dependent]
        near = did_you_mean(key.name, others)
        return Problem(
            "output-unknown-instance",
            _about(key),
            "Output of an instance that is not here",
            f'The instance "{key.name}" of app "{key.app}", stage "{key.stage}" is not among the files that were read.',
            (f"{near} Otherwise run" if near else "Run")
            + f" over the folder that holds both, or pass each value: `--var '{form}=VALUE'`.",
        )


def _about(key: InstanceKey) -> str:
    """What is missing is the instance: all that a file takes from it is told in one finding."""
    return f"output:{key.stage}:{key.app}:{key.name}"


def _answer(form: str, value: Value, instance: Instance) -> VariableValue | Problem:
    match value:
        case Ref():
            return VariableValue(str(value), final=True, later=value)
        case Secret():
            return VariableValue(value.reveal(), final=True, sensitive=True)
        case bool():
            return VariableValue("true" if value else "false", final=True)
        case str() | int() | float():
            return VariableValue(str(value), final=True)
    known = ", ".join(instance_outputs(instance))
    return Problem(
        "output-unknown",
        form,
        "Unknown output of an instance",
        f'The instance "{instance.name}" ({instance.file}) gives no such value; it gives {known}.',
        f"Name one of these, or pass the value: `--var '{form}=VALUE'`.",
    )


def _malformed(form: str) -> Problem:
    return Problem(
        "output-form",
        form,
        "Not the form of an output",
        f"${{{form}}} does not name stage, app, instance and value.",
        "Write ${output:${stage}:${app}:INSTANCE.NAME}.",
    )


def _not_deployed(form: str, key: InstanceKey) -> Problem:
    return Problem(
        "output-unknown-instance",
        _about(key),
        "Output of an instance that is not deployed",
        f'The instance "{key.name}" is of a kind that this tool does not deploy, so its outputs are not known.',
        f"Make it by other means, and pass each value: `--var '{form}=VALUE'`.",
    )


def _circle(form: str, edges: Sequence[Edge]) -> Problem:
    way = "; ".join(f"{edge.dependent.name} needs {edge.dependency.name} ({edge.span})" for edge in edges)
    return Problem(
        "output-cycle",
        form,
        "Instances wait for each other",
        f"None of them can be deployed first: {way}.",
        "Take one of the references out, or give its value with --var.",
    )
