"""Findings about scenarios: what a platform does not have, and settings that lose, repeat or block events."""

from __future__ import annotations

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml

SCENARIO_SOURCE = Finding(
    "scenario-source",
    Severity.ERROR,
    "Source does not exist on the platform",
    detail='Platform {platform} has no source "{source}". Use "{nearest}", or select a platform with --on {other}.',
    title="A source that the platform does not have.",
    what="The scenario of `scfdeploy simulate` delivers from a source, such as a queue, that the platform cannot read.",
    why="The platform has no rules for such a source.",
    wrong=yaml("on: scf\nsource: {queue: orders, messages: 10}"),
    right=yaml("on: lambda\nsource: {queue: orders, messages: 10}"),
)
POLICY_RANGE = Finding(
    "policy-range",
    Severity.ERROR,
    "Value is out of the platform's range",
    detail="Platform {platform} accepts {key} from {least} to {most}, not {value}.",
    hint="Choose a value that all platforms of the scenario accept, or fewer platforms with --on.",
    title="A value of a policy that a platform does not accept.",
    what="A number in the policy of a scenario is out of the range of a platform that the scenario runs on.",
    why="The platform rejects the setting.",
    wrong=yaml("on: scf\npolicy: {retries: 3}"),
    right=yaml("on: scf\npolicy: {retries: 2}"),
)
POLICY_UNSUPPORTED = Finding(
    "policy-unsupported",
    Severity.ERROR,
    "Policy does not fit the platform",
    title="A part of a policy that a platform does not have.",
    what="The policy of a scenario has a destination that a platform does not have or cannot send to. It is a warning, "
    "and an error with `unsupported: error`.",
    why="On that platform the events go elsewhere, or are lost.",
    wrong=yaml("on: scf\npolicy: {onSuccess: queue://done}"),
    right=yaml("on: lambda\npolicy: {onSuccess: queue://done}"),
)
SCENARIO_HANDLER = Finding(
    "scenario-handler",
    Severity.WARNING,
    "Handler does not run",
    detail="There is no project here, so {handler} does not run, and all its calls succeed.",
    hint="Give --path with the folder of the project, or write `outcomes`.",
    title="A handler without a project.",
    what="The scenario names a handler that should really run, but there is no serverless.yml.",
    why="The simulation shows calls that succeed, whatever the handler does.",
    wrong="A scenario with `handler: orders` in a folder without serverless.yml.",
    right="The same scenario, run with `--path` or with `outcomes`.",
)
SCENARIO_UNUSED = Finding(
    "scenario-unused",
    Severity.WARNING,
    "Outcomes of an item that does not exist",
    detail="Item {number} has outcomes, but the source has {count} items.",
    hint="Correct the number, or deliver more items.",
    title="Outcomes of an item, or answers of a destination, that does not exist.",
    what="The scenario has outcomes of an item with a higher number than the source delivers, or describes a "
    "destination to which nothing is sent.",
    why="The outcomes or answers have no effect.",
    wrong=yaml("source: {events: 2}\noutcomes: {event 3: 430}"),
    right=yaml("source: {events: 3}\noutcomes: {event 3: 430}"),
)
QUEUE_VISIBILITY = Finding(
    "queue-visibility",
    Severity.ERROR,
    "Visibility timeout below the function's timeout",
    detail="Messages of {queue} become visible again after {visibility}, but a call may take {timeout}.",
    hint="Set visibility to at least {timeout}; six times the timeout is advised.",
    title="A visibility timeout below the timeout of the function.",
    what="The messages of a queue become visible again before the call that processes them has to end.",
    why="A slow call is then repeated while it runs, so messages are processed twice without any error. The platform "
    "rejects such a queue. Without a function in the scenario, `duration` is compared, and the finding is a warning.",
    wrong=yaml("on: lambda\nduration: 60s\nsource: {queue: orders, visibility: 30s}"),
    right=yaml("on: lambda\nduration: 60s\nsource: {queue: orders, visibility: 6m}"),
)
STREAM_BLOCKED = Finding(
    "stream-blocked",
    Severity.INFO,
    "Failing record blocks its shard",
    detail="Without retries and maxAge, a record that always fails blocks its shard until it expires.",
    hint="Set retries or maxAge, and onFailure.",
    title="A stream without a limit for records that fail.",
    what="A stream source has neither `retries` nor `maxAge`, or has one but no `onFailure`.",
    why="Records are processed in order. A record that always fails blocks those behind it until it expires, and "
    "without `onFailure` nothing keeps a record that is given up.",
    wrong=yaml("on: lambda\nsource: {stream: clicks}"),
    right=yaml("on: lambda\nsource: {stream: clicks, retries: 2, maxAge: 1h, onFailure: topic://bad}"),
)
FUNCTION_LOOP = Finding(
    "function-loop",
    Severity.ERROR,
    "Functions invoke each other in a loop",
    detail="Platform {platform}: the destinations of {functions} lead back to the same function.",
    hint="Send results to a queue, or to a function without a destination.",
    title="Functions that are each other's destinations.",
    what="The destinations of functions lead back to the function where they began. It is a warning when this takes "
    "failures, or when the simulated run did not get there.",
    why="A platform may repeat the loop without an end, and each round is paid for.",
    wrong=yaml("on: fc\npolicy: {onSuccess: function://B}\nhandler: A\ndestinations: {B: {onSuccess: function://A}}"),
    right=yaml("on: fc\npolicy: {onSuccess: function://B}\nhandler: A"),
)
DESTINATION_SIZE = Finding(
    "destination-size",
    Severity.WARNING,
    "Message too large for the destination",
    detail="Platform {platform}: an event of {event} bytes makes a message of {size} bytes for {target}, which takes "
    "at most {limit} bytes{basis}.",
    hint="Keep the data elsewhere and name it in the event, or use a destination with a higher limit.",
    title="An event that does not fit into a message to a destination.",
    what="The event of the scenario, in the envelope of the platform, is larger than a message to the destination may "
    "be.",
    why="The delivery fails whenever it is tried, and the event is lost.",
    wrong="An `event` of 65,500 bytes on fc with `onFailure: mns-queue://failed`, which takes 65,536 bytes.",
    right="An `event` that names an object in a bucket instead of containing it.",
)
HTTP_DESTINATION = Finding(
    "http-destination",
    Severity.ERROR,
    "HTTP function as a destination",
    detail="{target} is an HTTP function; Function Compute sends results to event functions only.",
    hint="Use an event function, or a queue.",
    title="An HTTP function as a destination on Function Compute.",
    what="A destination of a scenario that runs on fc is an HTTP function: a function of the project with `type: web`, "
    "or one that `destinations` describes with `type: http`.",
    why="The platform rejects it.",
    wrong=yaml("on: fc\npolicy: {onSuccess: function://site}\ndestinations: {site: {type: http}}"),
    right=yaml("on: fc\npolicy: {onSuccess: function://report}"),
)
