"""Run a scenario on each of its platforms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from typing import TYPE_CHECKING

from scfdeploy.config.scenario import (
    CkafkaSource,
    EventSource,
    QueueSource,
    Scenario,
    Source,
    StreamSource,
    read_scenario,
)
from scfdeploy.config.scenario.definition import Outcome
from scfdeploy.config.scenario.findings import SCENARIO_HANDLER
from scfdeploy.config.scenario.reader import span_of
from scfdeploy.config.scenario.values import MAX_ITEMS
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, message
from scfdeploy.model import FunctionSpec
from scfdeploy.operations.request import CloudOptions, LocalServer, Request
from scfdeploy.operations.simulate.collect import MAX_BODIES, StepListener, collect
from scfdeploy.operations.simulate.delivery_checks import check_delivery, check_loops, sends_to_functions
from scfdeploy.operations.simulate.expectations import differences
from scfdeploy.operations.simulate.faults import FaultPlan, NoFaults, SeededFaults
from scfdeploy.operations.simulate.idempotency import MAX_ITEMS as MAX_ITEMS_OF_CHECK
from scfdeploy.operations.simulate.idempotency import IdempotencyCheck, read_state_of
from scfdeploy.operations.simulate.prepare import RunOptions, begin_run, item_word, prepare
from scfdeploy.operations.simulate.project_functions import (
    LoadedFunctions,
    call_timeout_ms,
    has_project,
    load_functions,
    timeout_ms,
    with_settings,
)
from scfdeploy.operations.simulate.real_handlers import deletes_messages
from scfdeploy.operations.simulate.scenario_checks import CheckedScenario, check_scenario
from scfdeploy.records import NamedTuple, dataclass, replace
from scfdeploy.results import Findings
from scfdeploy.results.simulation import Simulated, SimulatedRun, SmallestFaultPlan

if TYPE_CHECKING:
    from scfdeploy.operations.simulate.local_functions import RealFunctions


@dataclass(frozen=True, slots=True)
class SimulationOptions:
    """The options of `simulate`; each one that is given replaces a key of the scenario."""

    scenario: str = ""
    """The path of the file; empty for one event of the project's function."""
    function: str = ""
    on: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    items: int | None = None
    """The number of events, messages or records."""
    max_age_ms: int | None = None
    retries: int | None = None
    is_returned_at_once: bool = False
    is_asserted: bool = False
    keeps_bodies: bool = False
    """Whether the result has the text of every message."""
    seed: int | None = None
    """Generates faults."""
    on_step: StepListener | None = None
    start_server: Callable[[], LocalServer] | None = None
    """Starts a local server in memory, for the functions of the project."""
    idempotent: str = ""
    """A command that prints the state that the function changes."""
    home: str = ""
    """The folder of files with credentials, which commands do not get."""


def simulate(request: Request, options: SimulationOptions) -> Simulated:
    """Simulate a scenario. Nothing is deployed, and no credentials are read.

    Raises ScfDeployError if a function that should run is missing or cannot run here.
    """
    loaded = _load(request, options)
    if isinstance(loaded, Findings):
        return Simulated(loaded, ok=False)
    scenario, spec = loaded.scenario, loaded.spec
    run_options = RunOptions(
        options.is_returned_at_once,
        faults=NoFaults() if options.seed is None else SeededFaults(options.seed),
        timeout_ms=None if spec is None or scenario.duration_ms else timeout_ms(spec),
    )
    found: SmallestFaultPlan | None = None
    with ExitStack() as stack:
        if loaded.runs_code and spec is not None:
            functions = stack.enter_context(_deployed(loaded, spec, options))
            run_options = replace(run_options, functions=functions)
        runs = [_run(loaded, platform, options, run_options) for platform in scenario.on]
        if options.idempotent:
            found = _check_idempotency(request, loaded, options, run_options)
    is_as_expected = not any(run.differences for run in runs) or not options.is_asserted
    remarks = loaded.functions.remarks
    if found is not None and not any(item.completions for item in runs[0].summary.items.values()):
        remarks += (message("No attempt succeeds without faults, so the state says little about faults."),)
    if found is not None and not found.faults and not found.expected.strip():
        remarks += (message("The command of --idempotent prints nothing, so it shows no state."),)
    stopped_on = [run.platform for run in runs if run.loop]
    loops = check_loops(scenario, loaded.checked.policies, stopped_on)
    findings = Findings(Diagnostics([*loaded.findings.diagnostics, *loops]).sorted(), loaded.findings.sources)
    is_ok = is_as_expected and not stopped_on and (found is None or not found.faults)
    is_asserted = options.is_asserted and bool(scenario.expect)
    return Simulated(findings, is_ok, runs, is_asserted, found, remarks)


class _Loaded(NamedTuple):
    """A scenario that can run."""

    scenario: Scenario
    checked: CheckedScenario
    findings: Findings
    functions: LoadedFunctions
    spec: FunctionSpec | None
    """The function in the project, if it is there."""

    runs_code: bool
    """Whether the function really runs."""


def _load(request: Request, options: SimulationOptions) -> _Loaded | Findings:
    """Read the scenario and the project; the findings alone if they have an error."""
    diagnostics = Diagnostics()
    scenario = Scenario()
    sources: Mapping[str, str] = {}
    if options.scenario:
        scenario, sources = read_scenario(options.scenario, request.load.cwd, diagnostics)
        if diagnostics.has_errors:
            return Findings(diagnostics.sorted(), sources)
    scenario = with_options(scenario, options)
    runs_code = _runs_code(request, scenario, options, diagnostics)
    functions = LoadedFunctions()
    has_function = bool(scenario.handler or not options.scenario)
    if has_function or sends_to_functions(scenario):
        functions = load_functions(request, is_required=runs_code)
        if functions.findings.diagnostics:
            return functions.findings
    spec = _find_function(functions, scenario.handler, is_required=runs_code) if has_function else None
    if spec is not None:
        scenario = replace(scenario, handler=spec.name, policy=with_settings(scenario.policy, spec))
    checked = check_scenario(scenario)
    diagnostics.extend(dict.fromkeys(checked.diagnostics))
    diagnostics.extend(
        check_delivery(
            scenario,
            checked.policies,
            timeout_ms=None if spec is None else call_timeout_ms(spec),
            is_http=functions.is_http,
        )
    )
    findings = Findings(diagnostics.sorted(), {**functions.findings.sources, **sources})
    return findings if diagnostics.has_errors else _Loaded(scenario, checked, findings, functions, spec, runs_code)


def _find_function(functions: LoadedFunctions, name: str, *, is_required: bool) -> FunctionSpec | None:
    return functions.require(name) if is_required else functions.find(name)


def _runs_code(request: Request, scenario: Scenario, options: SimulationOptions, diagnostics: Diagnostics) -> bool:
    """Whether the function of the project runs, instead of outcomes. Raises ScfDeployError where it would have to."""
    runs_code = scenario.outcomes is None and bool(scenario.handler or not options.scenario)
    if options.idempotent and not runs_code:
        raise ScfDeployError(
            message("--idempotent runs the function of the project, and this scenario has outcomes instead"),
            hint=message("Remove `outcomes`, and name the function with `handler`."),
        )
    if runs_code and options.scenario and not options.idempotent and not has_project(request):
        diagnostics.report(SCENARIO_HANDLER, span_of(scenario, "handler"), handler=scenario.handler)
        return False
    return runs_code


def _check_idempotency(
    request: Request, loaded: _Loaded, options: SimulationOptions, run_options: RunOptions
) -> SmallestFaultPlan:
    """Look for faults that change the state, on the first platform of the scenario."""
    scenario, functions = loaded.scenario, loaded.functions
    items = scenario.item_count
    if items > MAX_ITEMS_OF_CHECK:
        raise ScfDeployError(
            message("--idempotent takes at most {most} items, not {items}", most=MAX_ITEMS_OF_CHECK, items=items),
            hint=message("Deliver fewer with --events."),
        )
    platform = scenario.on[0]
    policies = loaded.checked.policies.get(platform, {})

    def run(faults: FaultPlan) -> None:
        begin_run(run_options)
        collect(prepare(scenario, policies, platform, replace(run_options, faults=faults)).steps, None, bodies=0)

    from scfdeploy.operations.cloud import child_environment

    cloud = CloudOptions(home=options.home)
    environment = child_environment(functions.environment, request, cloud, dotenv=functions.dotenv)
    read_state = partial(read_state_of, options.idempotent, folder=request.load.cwd, environment=environment)
    return IdempotencyCheck(run, read_state).find(items, item_word(scenario), seed=options.seed)


def _deployed(loaded: _Loaded, spec: FunctionSpec, options: SimulationOptions) -> AbstractContextManager[RealFunctions]:
    """The function that runs, and those of the project among the destinations."""
    from scfdeploy.operations.simulate.local_functions import deployed

    functions = loaded.functions
    if functions.project is None or options.start_server is None:
        raise ScfDeployError(message("there is no local server to run the function on"))
    found = {name: functions.find(name) for name in loaded.scenario.destinations}
    others = {name: other for name, other in found.items() if other is not None}
    return deployed(
        functions.project,
        {**others, spec.name: spec},
        options.start_server,
        deletes_messages=deletes_messages(loaded.scenario.source),
    )


def with_options(scenario: Scenario, options: SimulationOptions) -> Scenario:
    """The scenario with the values of options in place of its own."""
    policy = scenario.policy
    if options.retries is not None:
        policy = replace(policy, retries=options.retries)
    if options.max_age_ms is not None:
        policy = replace(policy, max_age_ms=options.max_age_ms)
    scenario = replace(
        scenario,
        on=options.on or scenario.on,
        handler=options.function or scenario.handler,
        outcomes={0: options.outcomes} if options.outcomes else scenario.outcomes,
        policy=policy,
        source=_source_with_limits(scenario.source, options),
    )
    if options.items is None:
        return scenario
    match scenario.source:
        case EventSource():
            return replace(scenario, source=replace(scenario.source, events=options.items))
        case StreamSource():
            return replace(scenario, source=replace(scenario.source, records=options.items))
        case QueueSource() | CkafkaSource():
            return replace(scenario, source=replace(scenario.source, messages=options.items))


def _source_with_limits(source: Source, options: SimulationOptions) -> Source:
    """The source with the retries and the age of options, where they are its own and not those of the function."""
    retries, max_age_ms = options.retries, options.max_age_ms
    match source:
        case StreamSource():
            return replace(
                source,
                retries=source.retries if retries is None else retries,
                max_age_ms=source.max_age_ms if max_age_ms is None else max_age_ms,
            )
        case CkafkaSource() if retries is not None:
            return replace(source, retry=retries)
        case _:
            return source


def _missing_expectation(scenario: Scenario, options: SimulationOptions) -> tuple[str, ...]:
    if not options.is_asserted or scenario.expect:
        return ()
    return (message("--assert compared nothing, because there is no `expect`."),)


def _run(loaded: _Loaded, platform: str, options: SimulationOptions, run_options: RunOptions) -> SimulatedRun:
    begin_run(run_options)
    policies = loaded.checked.policies.get(platform, {})
    prepared = prepare(loaded.scenario, policies, platform, run_options)
    on_step = partial(options.on_step, platform, prepared.item) if options.on_step else None
    collected = collect(prepared.steps, on_step, bodies=MAX_ITEMS if options.keeps_bodies else MAX_BODIES)
    found = SimulatedRun(
        platform,
        prepared.item,
        prepared.function,
        collected.summary,
        collected.first,
        collected.total,
        prepared.metrics(collected.summary),
        prepared.assumed(collected.summary),
        (*prepared.remarks(collected.summary), *_missing_expectation(loaded.scenario, options)),
        messages=prepared.messages,
        retries=prepared.retries,
        destination_kinds=prepared.destination_kinds,
        retried_statuses=prepared.retried_statuses,
        limits=prepared.limits,
        loop=collected.loop,
        faults=tuple(fault.text(prepared.item) for fault in prepared.faults.named),
        total_faults=prepared.faults.count,
    )
    return found._replace(differences=tuple(differences(loaded.scenario.expect, found.summary)))
