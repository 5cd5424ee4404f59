"""`${output:<stage>:<app>:<instance>.<path>}`: values that one instance of a project takes from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.config.dependencies import Edge, InstanceKey
from scfdeploy.config.variables.errors import Problem, var_option
from scfdeploy.config.variables.sources import VariableValue
from scfdeploy.diagnostics import Finding, Severity, did_you_mean, message
from scfdeploy.diagnostics.messages import join_messages
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Instance, Ref, Secret, Value
from scfdeploy.model.outputs import instance_outputs, output
from scfdeploy.records import NamedTuple

OUTPUT_UNKNOWN_INSTANCE = Finding(
    "output-unknown-instance",
    Severity.ERROR,
    "Output of an unknown instance",
    detail='The instance "{instance}" of app "{app}", stage "{stage}" is not among the files that were read.',
    hint="Run on the folder that contains both, or pass each value: `--var {option}`.",
    title="An output of an unknown instance.",
    what="`${output:…}` names an instance whose file was not read, or whose kind scfdeploy does not deploy.",
    why="Resources of another project or tool are not looked up: they could change between plan and apply.",
    wrong=yaml("subnetId: ${output:${stage}:${app}:network.subnetId}   # and there is no such instance"),
    right="The same file, read together with that of the instance by naming the folder that contains both, or with "
    "`--var 'output:dev:shop:network.subnetId=subnet-1'`.",
)
OUTPUT_UNKNOWN = Finding(
    "output-unknown",
    Severity.ERROR,
    "Unknown output of an instance",
    detail='The instance "{instance}" ({file}) has no such output; it has {known}.',
    hint="Use one of these, or pass the value: `--var {option}`.",
    title="An unknown output of an instance.",
    what="The instance exists, but has no output of that name.",
    why="The variable has no value.",
    wrong=yaml("version: ${output:${stage}:${app}:tools.versoin}"),
    right=yaml("version: ${output:${stage}:${app}:tools.version}"),
)
OUTPUT_FORM = Finding(
    "output-form",
    Severity.ERROR,
    "Invalid form of an output",
    detail="${{form}} does not name stage, app, instance and value.",
    hint="Write ${output:${stage}:${app}:INSTANCE.NAME}.",
    title="An output in an invalid form.",
    what="An output needs stage, app, instance and the name of the value, in this order.",
    why="Without all four the value is not identified.",
    wrong=yaml("version: ${output:tools.version}"),
    right=yaml("version: ${output:${stage}:${app}:tools.version}"),
)
OUTPUT_CYCLE = Finding(
    "output-cycle",
    Severity.ERROR,
    "Instances depend on each other",
    detail="None of them can be deployed first: {path}.",
    hint="Remove one of the references, or pass its value with --var.",
    title="Instances that depend on each other.",
    what="Each of several instances uses an output of the next, and the last one of the first.",
    why="None of them can be deployed before the others.",
    wrong="`a` has `${output:${stage}:${app}:b.name}`, and `b` has `${output:${stage}:${app}:a.name}`.",
    right="One of the two with a literal value, or with the value passed with `--var`.",
)


class OutputName(NamedTuple):
    """The instance of a reference, and the path of the output within it."""

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
    """The outputs of the instances that were read so far.

    `known` are all instances of the project, `not_deployed` those of kinds that scfdeploy does not deploy. `cycles`
    has the edges of each cycle, by the dependent and the dependency that close it.
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
        self._cycles = cycles
        self._dependencies: dict[InstanceKey, dict[str, None]] = {}

    def add(self, instance: Instance) -> None:
        """Make the outputs of an instance available."""
        self._read[InstanceKey(instance.app, instance.stage, instance.name)] = instance

    def look_up(self, form: str, dependent: InstanceKey) -> VariableValue | Problem:
        """The value of a reference in the file of `dependent`."""
        name = parse_output(form)
        if name is None:
            return Problem(form, OUTPUT_FORM.at(None, form=form, option=var_option(form)))
        if (dependent, name.instance) in self._cycles:
            path = join_messages(
                message("; "),
                (
                    message(
                        "{dependent} needs {dependency} ({place})",
                        dependent=edge.dependent.name,
                        dependency=edge.dependency.name,
                        place=edge.span,
                    )
                    for edge in self._cycles[dependent, name.instance]
                ),
            )
            return Problem(form, OUTPUT_CYCLE.at(None, path=path))
        instance = self._read.get(name.instance)
        if instance is None:
            return self._unknown_instance(form, name.instance, dependent)
        self._dependencies.setdefault(dependent, {})[instance.name] = None
        return _value(form, output(instance, name.path), instance)

    def dependencies_of(self, dependent: InstanceKey) -> tuple[str, ...]:
        """The names of the instances whose outputs `dependent` uses."""
        return tuple(self._dependencies.get(dependent, ()))

    def _unknown_instance(self, form: str, key: InstanceKey, dependent: InstanceKey) -> Problem:
        # The instance is the subject, so that all references to it are one diagnostic.
        subject = f"output:{key.stage}:{key.app}:{key.name}"
        if key in self._not_deployed:
            diagnostic = OUTPUT_UNKNOWN_INSTANCE.at(
                None,
                summary="Output of an instance that is not deployed",
                detail='scfdeploy does not deploy the kind of the instance "{instance}"; its outputs are unknown.',
                hint="Create it by other means, and pass each value: `--var {option}`.",
                instance=key.name,
                form=form,
                option=var_option(form),
            )
            return Problem(subject, diagnostic)
        others = [known.name for known in self._known if known[:2] == key[:2] and known != dependent]
        suggestion = did_you_mean(key.name, others)
        diagnostic = OUTPUT_UNKNOWN_INSTANCE.at(
            None,
            hint="{suggestion} Otherwise run on the folder that contains both, or pass each value: `--var {option}`."
            if suggestion
            else None,
            instance=key.name,
            app=key.app,
            stage=key.stage,
            form=form,
            option=var_option(form),
            suggestion=suggestion,
        )
        return Problem(subject, diagnostic)


def _value(form: str, value: Value, instance: Instance) -> VariableValue | Problem:
    match value:
        case Ref():
            return VariableValue(str(value), final=True, ref=value)
        case Secret():
            return VariableValue(value.reveal(), final=True, sensitive=True)
        case bool():
            return VariableValue("true" if value else "false", final=True)
        case str() | int() | float():
            return VariableValue(str(value), final=True)
    known = ", ".join(instance_outputs(instance))
    return Problem(
        form,
        OUTPUT_UNKNOWN.at(
            None, instance=instance.name, file=instance.file, known=known, form=form, option=var_option(form)
        ),
    )
