"""What is in the JSON documents of all commands. `scripts/generate_schemas.py` writes a schema of each to schemas/.

Objects are open: later versions add keys. A test validates documents of every command against closed copies, so that no
key is missing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from scripts.reference.schema_parts import (
    Schema,
    anything,
    choice,
    integer,
    items,
    moment,
    named,
    number,
    optional,
    optional_record,
    record,
    table,
    text,
    texts,
    truth,
)

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_EVENT_STATUSES = ("waiting", "running", "finished", "failed", "aborted", "dead-lettered", "dropped", "lost")
_ACTIONS = ("create", "update", "replace", "delete", "no-op")
_ADDRESS = "Address of the resource, such as `function/default/hello`."
_PLACE = {
    "file": text("File, relative to the current folder; empty if the finding has no place."),
    "line": integer("First line, from 1."),
    "column": integer("First column, from 1."),
    "endLine": integer("Last line."),
    "endColumn": integer("Column after the last character."),
}
_REGION = {"region": text("Its region; only of a project in several regions.")}

PARTS: Mapping[str, Schema] = {
    "diagnostic": record(
        "A finding.",
        {
            "rule": text("Stable id of the finding, such as `memory-step`; `scfdeploy explain RULE` shows its page."),
            "code": optional(text("The cloud's error code for the same mistake, if there is one.")),
            "severity": choice("How bad it is.", "error", "warning", "info"),
            "summary": text("What is wrong, in a few words."),
            "detail": text("What is wrong, with the values that matter."),
            "hint": optional(text("What to do.")),
            **_PLACE,
            "address": optional(text("Address of the resource that it is about.")),
            "related": items(
                "Other places that belong to it.", record("", {"message": text("What is there."), **_PLACE})
            ),
            "fix": items(
                "The edits that `validate --fix` makes for it.",
                record("", {"replacement": text("The text that replaces the place."), **_PLACE}),
            ),
        },
    ),
    "project": record(
        "The project.",
        {
            "app": text("Its app."),
            "stage": text("Its stage."),
            "region": text("Its region; of several: all, joined by `, `."),
        },
    ),
    "fieldChange": record(
        "A setting that differs.",
        {
            "path": text("The setting in the words of serverless.yml, such as `environment.variables.LANG`."),
            "before": anything('The value in the cloud, null if there is none, `"(sensitive)"` if it is secret.'),
            "after": anything(
                "The value in the file, null if there is none. A value that is known only after another change is "
                '`{"unknown": "ADDRESS#ATTRIBUTE"}`.'
            ),
            "sensitive": truth("Whether the values are not shown."),
            "forcesReplace": truth("Whether the resource must be replaced for it."),
        },
    ),
    "change": record(
        "What happens to a resource.",
        {
            "address": text(_ADDRESS),
            "action": choice("What happens.", *_ACTIONS),
            "reason": text("Why."),
            "fields": items("The settings that differ.", named("fieldChange")),
            "requires": texts("Addresses of the resources whose changes come first."),
            "warnings": texts("What is lost by it."),
        },
        sometimes=_REGION,
    ),
    "refusal": record(
        "A change that an option must allow.",
        {
            "address": text(_ADDRESS),
            "rule": text("Id of the finding."),
            "reason": text("Why it is not made."),
            "hint": text("What to do."),
        },
        sometimes=_REGION,
    ),
    "unmanaged": record(
        "A resource that is not changed.",
        {"address": text(_ADDRESS), "reason": text("Why it is left alone.")},
        sometimes=_REGION,
    ),
    "outcome": record(
        "The result of a change.",
        {
            "address": text(_ADDRESS),
            "action": choice("What was to happen.", *_ACTIONS),
            "status": choice("What became of it.", "succeeded", "failed", "skipped"),
            "seconds": number("How long it took."),
            "requestIds": texts("Ids of the calls that changed something, for the cloud's support."),
            "effect": choice(
                "What is known of the cloud: nothing sent, all done, partly done, accepted but not seen complete, or "
                "sent without a response.",
                "none",
                "confirmed",
                "partial",
                "accepted",
                "unknown",
            ),
            "error": optional_record(
                "Why it failed.",
                {
                    "code": text("Error code."),
                    "message": text("What the cloud said."),
                    "requestId": text("Id of the call."),
                    "retryable": truth("Whether the same call may succeed later."),
                },
            ),
        },
        sometimes=_REGION,
    ),
    "route": record(
        "What an alias calls.",
        {
            "version": text("Main version."),
            "weights": items(
                "Other versions and their shares of the calls.",
                record("", {"version": text("The version."), "weight": number("Its share, 0 to 1.")}),
            ),
        },
    ),
    "event": record(
        "An asynchronous event.",
        {
            "requestId": text("Its id."),
            "function": text("Its function: `name` or `namespace/name`."),
            "qualifier": text("The version or alias that was called."),
            "source": text("What sent it, such as `invoke` or `timer`."),
            "acceptedAt": moment("When it was accepted."),
            "status": choice("What became of it.", *_EVENT_STATUSES),
            "attempts": optional(integer("Number of attempts; null in the cloud.")),
            "retries": optional(integer("Number of retries; null in the cloud.")),
            "nextAttemptAt": optional(moment("When the next attempt is due.")),
            "reason": optional(text("Why it failed for good.")),
            "endedAt": optional(moment("When it ended.")),
            "error": optional(text("Why its delivery failed.")),
        },
    ),
    "timelineEntry": record(
        "Something that happened to an event.",
        {
            "at": moment("When."),
            "kind": choice("What.", "accepted", "attempt", "retry", "delivered", "lost", "ended"),
            "status": optional(integer("Status of an attempt.")),
            "message": text("What happened, in words."),
        },
        sometimes={
            "attempt": integer("Of an attempt: its number."),
            "retry": integer("Of an attempt: the number of the retry that it is; 0 if it is none."),
            "nextAttemptAt": optional(moment("Of an attempt: when the next one is due.")),
            "log": text("Of an attempt: what the function printed."),
            "durationMs": optional(number("Of an attempt: how long it ran.")),
            "memoryMb": optional(number("Of an attempt: the memory that it used.")),
            "destination": text("Of a delivery: the queue, topic or function."),
            "destinationKind": text("Of a delivery: the service."),
            "bytes": integer("Of a delivery: size of the message."),
            "cause": optional(text("Of a failed delivery: `permission`, `resource` or `size`.")),
            "reason": optional(text("Of the end: why the event failed for good.")),
        },
    ),
    "metrics": record(
        "Numbers about asynchronous events; only of the local server.",
        {
            "retries": integer("Number of retries."),
            "throttles": integer("Attempts that ended with status 429 or 432."),
            "failedDeliveries": integer("Deliveries to a destination that failed."),
            "failedDeliveriesByCause": table("The same by cause.", {"type": "integer"}),
        },
    ),
    "untraced": items(
        "Functions in the cloud that keep no records of events.",
        record("", {"function": text("The function."), "missing": texts("The settings that it needs.")}),
    ),
    "run": record(
        "A run of a function.",
        {
            "requestId": text("Id of the request."),
            "function": text("The function: `name` or `namespace/name`."),
            "startedAt": moment("When it started."),
            "statusCode": optional(integer("Documented status of the invocation; null while it runs.")),
            "durationMs": optional(number("How long it ran.")),
            "memoryMb": optional(number("The memory that it used.")),
            "result": anything("What the function returned."),
            "lines": texts("What it printed."),
            "retryNum": optional(integer("Number of the retry of an asynchronous event; 0 for its first attempt.")),
        },
    ),
}
"""Parts that several documents have."""

_FIELD_CHANGES = items("The settings that differ from the file.", named("fieldChange"))
_PROJECT = optional(named("project", "The project; null if the files have errors."))
_SUMMARY = {
    "summary": record(
        "Number of resources by what happens to them.",
        {name: integer(f"Number of {name} actions.") for name in ("create", "update", "replace", "delete")}
        | {"unchanged": integer("Number of resources without a change.")},
    )
}
_PARTIAL = {
    "partial": truth("True if --target limits the plan; absent otherwise."),
    "targets": texts("The addresses that --target stands for."),
}
_REFRESH = {
    "refresh": record(
        "How many functions were not read in full; absent with --refresh full.",
        {
            "mode": choice("The value of --refresh.", "changed", "auto"),
            "functions": integer("Number of functions in the files that exist."),
            "unread": integer("How many of them were not read in full."),
            "unreadResources": integer("Number of these functions and of all that belongs to them."),
        },
    )
}
_REFUSED = items(
    "Changes that an option such as --adopt must allow; nothing is changed as long as there are any.", named("refusal")
)
_LEFT_ALONE = items("Resources that were seen and are not changed.", named("unmanaged"))
_PLANNED = {
    "project": _PROJECT,
    "changes": items("All changes, in the order of their execution.", named("change")),
    **_SUMMARY,
}
_FAILED_KEYS = record(
    "Why the command failed.",
    {
        "code": optional(text("Error code of the cloud, if the cloud refused a call.")),
        "message": text("What is wrong."),
        "hint": optional(text("What to do.")),
        "requestId": text("Id of the call; empty if no call failed."),
    },
)

_REGIONS = {
    "regions": texts(
        "The regions that the command has reached; only of a project in several regions, whose regions are all in this "
        "document."
    )
}
_BY_REGION = {
    **_REGIONS,
    "error": _FAILED_KEYS | {"description": "Why one of several regions has no result."},
    "interrupted": truth("Of a project in several regions: true if a signal stopped one of them."),
}
"""Keys of the commands that cover several regions."""


class DocumentSchema(NamedTuple):
    """One kind of document."""

    name: str
    """The name of the file in schemas/."""
    about: str
    commands: tuple[str, ...]
    """The commands that print it with --format json; empty for documents that other options write."""
    alternatives: tuple[tuple[Schema, Schema], ...]
    """For each kind of result, the keys beside those of every document: always and sometimes present."""
    is_line: bool = False
    """Whether it is one line of a stream, without the keys of every document."""


def _document(
    name: str, about: str, keys: Schema, *, commands: tuple[str, ...] = (), sometimes: Schema | None = None
) -> DocumentSchema:
    return DocumentSchema(name, about, commands or (name.replace("-", " "),), ((keys, sometimes or {}),))


def _line(name: str, about: str, *kinds: tuple[Schema, Schema]) -> DocumentSchema:
    return DocumentSchema(name, about, (), kinds, is_line=True)


_QUEUE_NAME = {"name": text("Name of the queue or topic.")}
_QUEUE_KIND = {"kind": text("What it is, such as `CMQ-QUEUE` or `CMQ-TOPIC`.")}
_APPLIED = {
    "results": items("The result of each change.", named("outcome")),
    "summary": record(
        "Number of changes by their result.",
        {
            "succeeded": integer("Changes that were made."),
            "failed": integer("Changes that failed."),
            "skipped": integer("Changes that were not started."),
            "unchanged": integer("Resources without a change."),
        },
    ),
    "outputs": table(
        "What other programs need, by instance: name, namespace, region, runtime, url, version. An instance with "
        "several functions has such an object for each key of `functions`.",
        {"type": "object"},
    ),
    "refused": _REFUSED,
    "leftAlone": _LEFT_ALONE,
    "interrupted": truth("Whether a signal or the time limit stopped the run."),
}
_APPLIED_SOMETIMES = {
    **_PARTIAL,
    **_REFRESH,
    "localQueues": items(
        "Queues that the local server created in place of those of the cloud.",
        record(
            "",
            {**_QUEUE_NAME, **_QUEUE_KIND},
            sometimes=_REGION,
        ),
    ),
    "serveCommand": text("The command during which the local URLs respond."),
    **_REGIONS,
    "error": _BY_REGION["error"],
}
_ALIAS_CHANGED = {
    "alias": text("Address of the alias."),
    "before": optional(named("route", "What the alias called before; null if it did not exist.")),
    "after": optional(named("route", "What it calls now; null if that is unknown.")),
    "changes": items("The planned change.", named("change")),
    "results": items("The result of each change.", named("outcome")),
    "steps": items(
        "The steps of a shift.",
        record(
            "",
            {
                "percent": integer("Share of calls that the new version gets."),
                "status": choice("What became of the step.", "done", "failed", "skipped", "unchecked"),
                "checkExitCode": optional(integer("Exit code of the --check command.")),
            },
        ),
    ),
    "shiftedBack": truth("Whether a failed check moved the alias back."),
    "interrupted": truth("Whether a signal stopped the run."),
    "refused": _REFUSED,
}
_TEMPLATE_CHANGED = {
    "name": text("Name of the template."),
    "function": text("Its function."),
    "path": text("Its file."),
}
_ENTRY = record(
    "Something that `explain` knows.",
    {
        "kind": choice("What it is.", "error-code", "status-code", "setting", "variable", "finding"),
        "name": text("Its name."),
        "number": optional(integer("Of a status: its number.")),
        "meaning": text("What it means."),
        "fix": optional(text("What to do.")),
        "retried": optional(truth("Whether such failures are retried.")),
        "retry": optional(text("How they are retried.")),
        "concluded": truth("Whether `retry` is concluded, not documented."),
        "field": optional(text("The key of serverless.yml that it is about.")),
        "foundBy": texts("The findings that report it offline."),
        "severity": optional(text("Of a finding: its severity.")),
        "codes": texts("Of a finding: the error codes of the cloud for the same mistake."),
        "page": optional(text("Of a finding: its page, in Markdown.")),
        "retryClass": optional(text("Of a status: `success`, `execution`, `overrun`, `system` or `rejected`.")),
        "intervalS": optional(number("Of a status: seconds between two attempts.")),
        "then": optional(text("Of a status: what happens after the last attempt.")),
        "recyclesInstance": optional(truth("Of a status: whether the instance ends.")),
        "atAcceptance": optional(text("Of a status: how it is handled before the event is accepted.")),
        "whileQueued": optional(text("Of a status: how it is handled while the event waits, if differently.")),
        "value": optional(text("Of a variable: its value.")),
        "origin": optional(text("Of a setting or variable: where the value comes from.")),
        "reads": table("Of a variable: how each language reads it.", {"type": "string"}),
        "remarks": texts("What else to know."),
    },
)
_OUTCOME_KEYS = record(
    "An event, message or record.",
    {
        "id": integer("Its number, from 1 in the order of the source."),
        "attempts": integer("Number of attempts; of a record, of its deliveries to the handler."),
        "attemptsAtMs": items("When each attempt began, in virtual milliseconds.", {"type": "integer"}),
        "completions": integer("How often its work was done."),
        "end": text("`finished`, `dead-lettered`, `dropped`, `lost`, `expired` or `waiting`."),
        "reason": optional(text("Why it failed.")),
        "endedAtMs": integer("When it ended."),
    },
)
_NUMBERS = {"type": "array", "items": {"type": "integer"}}
_STEP_COMMON = {
    "platform": text("The platform."),
    "t": integer("Virtual milliseconds since the start."),
    "kind": choice("What happened.", "invoke", "result", "split", "deliver", "end"),
    "tries": optional(integer("Earlier tries of these items, or of this delivery.")),
    "status": optional(integer("Status of the call, or answer of the destination.")),
    "completed": {"description": "Numbers of the items that the call completed.", **_NUMBERS},
    "destination": optional(text("The destination of a delivery.")),
    "reason": optional(text("Why there is no further attempt, why the delivery failed, or why the items failed.")),
}
_STEP_SOMETIMES = {
    "function": text("The function, if there are several."),
    "delivery": choice("Why the destination receives the event.", "success", "failure", "dead-letter"),
    "bytes": integer("Size of the message."),
    "end": text("How the items ended."),
    "parts": {"description": "The batches that follow a split.", "type": "array", "items": _NUMBERS},
}
_ITEM_NUMBERS = {"description": "Numbers of the events, messages or records, from 1.", **_NUMBERS}
_MIGRATION_PROBLEM = {
    "line": optional(integer("Line of the file.")),
    "rule": text("Id of the finding."),
    "text": text("What is wrong, or what to do."),
}
_PIPELINE_LINE = {"line": integer("Line of the old file."), "text": text("What is in it.")}

DOCUMENTS: tuple[DocumentSchema, ...] = (
    DocumentSchema(
        "init",
        "A new project, or with --list the templates.",
        ("init",),
        (
            (
                {
                    "name": text("Name of the function."),
                    "template": text("The template."),
                    "runtime": text("The runtime."),
                    "folder": text("The folder."),
                    "files": texts("The files that were written, relative to the folder."),
                },
                {},
            ),
            (
                {
                    "templates": items(
                        "The templates.",
                        record(
                            "",
                            {
                                "name": text("Name, for --template."),
                                "language": text("Language."),
                                "type": choice("Type of the function.", "event", "web"),
                                "runtime": text("Runtime by default."),
                                "description": text("What the function does."),
                            },
                        ),
                    )
                },
                {},
            ),
        ),
    ),
    DocumentSchema(
        "import",
        "The written files, or without names the functions of the account.",
        ("import",),
        (
            (
                {
                    "folder": text("The folder that was written to."),
                    "files": texts("The files that were written."),
                    "functions": items(
                        "The imported functions.",
                        record(
                            "",
                            {
                                "address": text(_ADDRESS),
                                "file": text("Its serverless.yml."),
                                "owned": truth("Whether it has the ownership tag of this file."),
                                "drift": items(
                                    "What a plan for the file would change; should be empty.", named("fieldChange")
                                ),
                                "leftOut": items("Parts that a file cannot describe.", named("unmanaged")),
                            },
                        ),
                    ),
                    "secretFiles": texts("Files with secrets; do not commit them."),
                    "unreadEnvFile": optional(text("The .env file that the new one replaces.")),
                    "movedAside": items(
                        "Folders that were renamed.", record("", {"from": text("Old path."), "to": text("New path.")})
                    ),
                    "notImported": items("With --all: functions that were left out.", named("unmanaged")),
                },
                {},
            ),
            (
                {
                    "region": text("The region."),
                    "functions": items(
                        "The functions of the account.",
                        record(
                            "",
                            {
                                "address": text(_ADDRESS),
                                "runtime": text("Runtime."),
                                "state": text("State, such as `Active`."),
                                "modified": text("When it was changed, as the cloud writes it."),
                                "owner": optional_record(
                                    "The project that owns it; null if it has no ownership tag.",
                                    {
                                        "app": text("App."),
                                        "stage": text("Stage."),
                                        "instance": text("Instance."),
                                    },
                                ),
                                "import": text("The command that imports it."),
                            },
                        ),
                    ),
                    "importAll": text("The command that imports all functions that no project owns."),
                },
                {},
            ),
        ),
    ),
    _document(
        "validate",
        "The findings of offline checks.",
        {
            "files": integer("Number of files that were read."),
            "functions": integer("Number of functions."),
            "layers": integer("Number of layers."),
            "fixed": items(
                "The files that --fix changed.",
                record("", {"file": text("The file."), "places": integer("Number of places that were changed.")}),
            ),
        },
    ),
    _document(
        "build",
        "The packages that apply would upload.",
        {
            "bundles": items(
                "One for each function and layer.",
                record(
                    "",
                    {
                        "address": text(_ADDRESS),
                        "path": text("The archive."),
                        "size": integer("Its size in bytes."),
                        "files": integer("Number of files in it."),
                        "sha256": text("Its hash."),
                        "dependencies": optional_record(
                            "The installed dependencies; null if nothing is installed.",
                            {
                                "manager": text("uv, pip, npm, pnpm or yarn."),
                                "manifest": text("The file that decides what is installed."),
                                "path": text("The folder with them."),
                                "packages": integer("Number of packages."),
                                "size": integer("Size in bytes."),
                            },
                        ),
                    },
                ),
            )
        },
    ),
    DocumentSchema(
        "plan",
        "What apply would do; with --refresh-only, how the cloud differs from the files.",
        ("plan",),
        (
            (
                _PLANNED,
                {
                    "refused": _REFUSED,
                    "leftAlone": _LEFT_ALONE,
                    **_PARTIAL,
                    **_REFRESH,
                    "savedTo": optional(text("The file of --out.")),
                    **_BY_REGION,
                },
            ),
            (
                {
                    "project": _PROJECT,
                    "drift": items(
                        "The resources that differ.",
                        record(
                            "",
                            {
                                "address": text(_ADDRESS),
                                "action": choice("What apply would do.", *_ACTIONS),
                                "reason": text("Why."),
                                "fields": _FIELD_CHANGES,
                            },
                            sometimes=_REGION,
                        ),
                    ),
                    "leftAlone": _LEFT_ALONE,
                },
                _BY_REGION,
            ),
        ),
    ),
    _document("apply", "The result of each change, and the outputs.", _APPLIED, sometimes=_APPLIED_SOMETIMES),
    _document("destroy", "The result of each deletion.", _APPLIED, sometimes=_APPLIED_SOMETIMES),
    _document(
        "status",
        "What is deployed now.",
        {
            "project": _PROJECT,
            "functions": items(
                "The functions of the files.",
                record(
                    "",
                    {
                        "address": text(_ADDRESS),
                        "state": text("State, such as `Active`; empty if it does not exist."),
                        "stateReason": text("Why it is in that state."),
                        "runtime": text("Runtime."),
                        "memorySize": optional(integer("Memory in MB.")),
                        "timeout": optional(integer("Timeout in seconds.")),
                        "modified": text("When it was changed, as the cloud writes it."),
                        "owned": truth("Whether this project owns it."),
                        "drift": _FIELD_CHANGES,
                        "triggers": items(
                            "Its triggers: `address`, `type`, `name`, `owned`, and the settings of the type.",
                            {"type": "object"},
                        ),
                        "urls": texts("Its URLs."),
                        "versions": texts("Its versions."),
                        "aliases": texts("Its aliases."),
                    },
                    sometimes={"metrics": named("metrics"), **_REGION},
                ),
            ),
            "layers": items(
                "The layers of the files.",
                record(
                    "",
                    {
                        "address": text(_ADDRESS),
                        "state": text("State of the newest version; empty if there is none."),
                        "version": optional(integer("Newest version.")),
                        "runtimes": texts("Its runtimes."),
                        "modified": text("When it was published, as the cloud writes it."),
                        "owned": truth("Whether this project owns it."),
                        "drift": _FIELD_CHANGES,
                        "versions": texts("All versions that the project has published."),
                    },
                    sometimes=_REGION,
                ),
            ),
            "domains": items(
                "The custom domains of the files.",
                record(
                    "",
                    {
                        "address": text(_ADDRESS),
                        "exists": truth("Whether it exists."),
                        "protocols": texts("Its protocols."),
                        "certificateId": optional(text("Its certificate.")),
                        "routes": items("What each path calls.", {"type": "object"}),
                        "owned": truth("Whether this project owns it."),
                        "drift": _FIELD_CHANGES,
                    },
                    sometimes=_REGION,
                ),
            ),
        },
        sometimes={"serveCommand": text("The command during which the local URLs respond."), **_BY_REGION},
    ),
    _document(
        "versions",
        "The versions and aliases of a function.",
        {
            "function": text("Address of the function."),
            "versions": items(
                "`$LATEST` first.",
                record(
                    "",
                    {
                        "version": text("The version."),
                        "description": text("Its description."),
                        "published": optional(text("When it was published; null for `$LATEST`.")),
                        "state": text("Its state."),
                        "aliases": texts("The aliases that call it."),
                    },
                ),
            ),
            "aliases": items(
                "The aliases.",
                record(
                    "",
                    {
                        "address": text("Its address."),
                        "name": text("Its name."),
                        "version": text("Main version."),
                        "weights": PARTS["route"]["properties"]["weights"],
                        "description": text("Its description."),
                    },
                ),
            ),
        },
    ),
    _document("alias-set", "An alias that was moved at once.", _ALIAS_CHANGED),
    _document("alias-shift", "An alias that was moved step by step.", _ALIAS_CHANGED),
    _document("rollback", "An alias that was moved back.", _ALIAS_CHANGED),
    _document(
        "invoke",
        "The result of a call.",
        {
            "function": text("The function."),
            "asynchronous": truth("Whether it was called asynchronously."),
            "result": anything("What the function returned."),
            "error": optional_record(
                "The error of the function; null if it succeeded.",
                {
                    "type": text("Type of the error."),
                    "message": text("Its message."),
                    "trace": text("Its stack trace."),
                },
            ),
            "requestId": text("Id of the request."),
            "statusCode": integer("Documented status of the invocation, such as 200 or 433."),
            "durationMs": optional(number("How long it ran.")),
            "memoryMb": optional(number("The memory that it used.")),
            "log": text("What it printed."),
        },
        sometimes={
            "http": record(
                "With --url: the response.",
                {
                    "method": text("Method of the request."),
                    "url": text("The URL."),
                    "status": integer("Status of the response."),
                    "reason": text("Its reason phrase."),
                    "headers": items("Its headers.", record("", {"name": text("Name."), "value": text("Value.")})),
                    "body": text("Its body."),
                    "isBase64Encoded": truth("Whether `body` is Base64, because it is not UTF-8."),
                },
            ),
            "event": {
                **PARTS["event"],
                "description": "With --async on a local server: the event.",
                "properties": {
                    **PARTS["event"]["properties"],
                    "timeline": items("What happened to it.", named("timelineEntry")),
                },
            },
        },
    ),
    _document(
        "logs",
        "Runs of functions.",
        {
            "entries": items("The runs, the oldest first.", named("run")),
            "sources": items(
                "The searches of CLS topics.",
                record(
                    "",
                    {
                        "function": text("The function."),
                        "topicId": text("The topic."),
                        "query": text("The query."),
                        "since": moment("Start of the time."),
                        "until": moment("End of the time."),
                    },
                ),
            ),
            "notes": texts("What is not shown, and why."),
        },
    ),
    _document(
        "events-list",
        "Asynchronous events.",
        {"events": items("The events, in the order of acceptance.", named("event")), "untraced": named("untraced")},
    ),
    _document(
        "events-show",
        "One event with its timeline.",
        {
            **PARTS["event"]["properties"],
            "events": items("The same event, as in `events list`.", named("event")),
            "timeline": items("What happened to it.", named("timelineEntry")),
            "note": optional(text("What the cloud does not tell.")),
        },
    ),
    _document(
        "events-stats",
        "Numbers of events.",
        {
            "hours": items(
                "Number of events by status, for each hour of acceptance.",
                {
                    **record("", {"hour": moment("Start of the hour.")}),
                    "additionalProperties": {"type": "integer"},
                },
            ),
            "total": table("Number of events by status.", {"type": "integer"}),
            "wait": record(
                "Time from acceptance to the end.",
                {"averageMs": optional(number("Average.")), "longestMs": optional(number("Longest."))},
            ),
            "failedDeliveries": optional(integer("Deliveries that failed; null in the cloud.")),
            "retries": optional(integer("Number of retries; null in the cloud.")),
            "throttles": optional(integer("Attempts that ended with status 429 or 432; null in the cloud.")),
            "functions": items(
                "The same for each function; empty in the cloud.",
                record("", {"function": text("The function."), **PARTS["metrics"]["properties"]}),
            ),
            "untraced": named("untraced"),
        },
    ),
    _document(
        "events-cancel",
        "An event that was cancelled.",
        {
            "requestId": text("Its id."),
            "function": text("Its function."),
            "now": truth("Whether the instance was killed at once."),
        },
    ),
    _document(
        "events-pull",
        "What was appended to the archive.",
        {
            "file": text("The file."),
            "appended": integer("Number of records that were appended."),
            "expired": optional_record(
                "The time whose records are lost; null if none are.", {"from": moment("Start."), "to": moment("End.")}
            ),
            "untraced": named("untraced"),
        },
    ),
    _document(
        "events-run",
        "What happened while virtual time passed.",
        {
            "now": moment("The virtual time afterwards."),
            "events": integer("Number of events that ran."),
            "attempts": integer("Number of attempts."),
            "ends": table("Number of events by their end.", {"type": "integer"}),
            "timeline": items(
                "What happened.",
                {
                    **PARTS["timelineEntry"],
                    "properties": {
                        "requestId": text("Id of the event."),
                        "function": text("Its function."),
                        **PARTS["timelineEntry"]["properties"],
                    },
                },
            ),
            "timelineIsCut": truth("Whether more happened."),
            "nextFiringAt": optional(moment("When a timer fires next.")),
        },
    ),
    _document(
        "queue-list",
        "The local queues and topics.",
        {
            "queues": items(
                "The queues and topics.",
                record(
                    "",
                    {
                        **_QUEUE_NAME,
                        **_QUEUE_KIND,
                        "messages": integer("Number of messages."),
                        "oldest": optional(moment("When the oldest one was sent.")),
                        "failedDeliveries": integer("Deliveries to it that failed."),
                    },
                ),
            )
        },
    ),
    _document(
        "queue-show",
        "The oldest messages of a queue.",
        {
            **_QUEUE_NAME,
            **_QUEUE_KIND,
            "count": integer("Number of messages in it."),
            "messages": items(
                "The oldest ones.",
                record(
                    "",
                    {
                        "id": integer("Id of the message."),
                        "sentAt": moment("When it was sent."),
                        "attributes": table("What was sent beside the body.", {}),
                        "body": anything("The body, parsed where it is JSON."),
                        "note": optional(text("What is special about it.")),
                    },
                ),
            ),
        },
    ),
    _document(
        "queue-test",
        "A function that was called with each message.",
        {
            "queue": text("The queue."),
            "function": text("The function."),
            "messages": items(
                "The calls.",
                record(
                    "",
                    {
                        "id": integer("Id of the message."),
                        "requestId": text("Id of the call."),
                        "ok": truth("Whether it succeeded."),
                        "statusCode": integer("Status of the call."),
                        "error": optional(text("What went wrong.")),
                    },
                ),
            ),
        },
    ),
    _document(
        "queue-redrive",
        "Dead letters that were sent again.",
        {
            "queue": text("The queue."),
            "function": text("The function that they were sent to; empty if each went to its own."),
            "messages": items(
                "The dead letters.",
                record(
                    "",
                    {
                        "id": integer("Id of the message."),
                        "requestId": text("Id of the new event."),
                        "ok": truth("Whether the event was accepted."),
                        "statusCode": {"description": "Always null: the call only accepts the event.", "type": "null"},
                        "error": optional(text("What went wrong.")),
                    },
                ),
            ),
        },
    ),
    _document(
        "queue-purge",
        "A queue without messages.",
        {**_QUEUE_NAME, "deleted": integer("Number of messages that were deleted.")},
    ),
    _document(
        "queue-create",
        "A new queue or topic.",
        {**_QUEUE_NAME, **_QUEUE_KIND},
    ),
    _document(
        "queue-subscribe",
        "A new subscriber of a topic.",
        {
            "topic": text("The topic."),
            "kind": text("What subscribes."),
            "to": text("Its name."),
            "tag": text("Tag of the messages that it gets; empty for all."),
            "bindingKey": text("Binding key of the messages that it gets; empty for all."),
        },
    ),
    _document(
        "queue-send",
        "A published message.",
        {
            **_QUEUE_NAME,
            "kind": text("What it was sent to, such as `CMQ-TOPIC`."),
            "subscribers": integer("Number of subscribers that received it."),
            "triggers": integer("Number of functions that it started."),
            "note": text("What is special about it; empty if nothing is."),
        },
    ),
    _document(
        "template-list",
        "The test events.",
        {
            "templates": items(
                "The test events.",
                record(
                    "",
                    {
                        "name": text("Name, for `invoke --template`."),
                        "kind": text("What it is an event of."),
                        "alias": optional(text("Another name.")),
                        "remark": optional(text("What else to know.")),
                        "function": optional(text("The function that it belongs to; null if it is given.")),
                    },
                ),
            )
        },
    ),
    _document(
        "template-show",
        "One test event.",
        {
            "name": text("Its name."),
            "kind": text("What it is an event of."),
            "event": anything("The event."),
        },
    ),
    _document("template-save", "A test event that was saved.", _TEMPLATE_CHANGED),
    _document("template-delete", "A test event that was deleted.", _TEMPLATE_CHANGED),
    _document(
        "simulate",
        "What happened to events on each platform.",
        {
            "runs": items(
                "One for each platform.",
                record(
                    "",
                    {
                        "platform": choice("The platform.", "scf", "functiongraph", "fc", "lambda"),
                        "function": text("The function; empty for outcomes."),
                        "invocations": integer("Number of calls of the handler."),
                        "events": items("What became of each event, message or record.", _OUTCOME_KEYS),
                        "deliveries": items(
                            "What was sent to destinations.",
                            record(
                                "",
                                {
                                    "destination": text("The destination."),
                                    "kind": choice("Why.", "success", "failure", "dead-letter"),
                                    "atMs": integer("When, in virtual milliseconds."),
                                    "tries": integer("Number of tries."),
                                    "delivered": truth("Whether it arrived."),
                                    "body": anything("The message, parsed where it is JSON."),
                                    "events": _ITEM_NUMBERS,
                                    "error": optional(text("Why it did not arrive.")),
                                },
                            ),
                        ),
                        "metrics": table("Numbers of the platform by name.", {}),
                        "assumed": texts("Values that no source gives and that decided something."),
                        "remarks": texts("What else to know."),
                        "splits": integer("How often a batch was split."),
                        "loop": texts("Functions that called each other until the run was stopped."),
                        "faults": texts("With --seed: the first faults that happened."),
                        "differences": texts("How the result differs from `expect` of the scenario."),
                    },
                ),
            )
        },
        sometimes={
            "idempotency": record(
                "With --idempotent: what repeated runs did to the state.",
                {
                    "runs": integer("Number of runs."),
                    "faults": texts("The faults of the run that differs."),
                    "expected": optional(text("What the command printed without faults.")),
                    "actual": optional(text("What it printed after the run that differs.")),
                },
            )
        },
    ),
    _document(
        "migrate",
        "The files and their current form.",
        {
            "files": items(
                "The files that can be migrated.",
                record(
                    "",
                    {
                        "file": text("The file."),
                        "changed": truth("Whether it is not in the current form."),
                        "written": truth("Whether it was written."),
                        "diff": text("The change."),
                        "new_files": texts("The files that a part of it moves to."),
                    },
                ),
            )
        },
    ),
    _document(
        "doctor",
        "What was checked.",
        {
            "checks": items(
                "The checks.",
                record(
                    "",
                    {
                        "name": text("Stable name."),
                        "state": choice("What was found.", "ok", "warning", "failed", "not-checked"),
                        "detail": text("The same in words."),
                        "cure": optional(text("What to do.")),
                    },
                ),
            ),
            "summary": record(
                "Number of checks by state.",
                {
                    "ok": integer("Without a problem."),
                    "warning": integer("Something that some commands need is missing."),
                    "failed": integer("Something prevents plan or apply."),
                    "notChecked": integer("Not checked."),
                },
            ),
        },
    ),
    _document(
        "policy",
        "The CAM policy of a project.",
        {
            "for": choice("What the key has to do.", "plan", "apply", "destroy"),
            "policy": {
                "description": "The policy, ready for CAM; null if the files have errors.",
                "type": ["object", "null"],
            },
            "statements": items(
                "One for each statement of the policy.",
                record(
                    "",
                    {
                        "reason": text("What it is for."),
                        "actions": texts("Its actions."),
                        "resources": texts("Its resources."),
                    },
                ),
            ),
        },
        sometimes={"role": text("The role of scfdeploy.toml that needs the policy.")},
    ),
    _document(
        "explain",
        "What a name means.",
        {
            "query": text("The name, or the kind of --list."),
            "entries": items("What has this name.", _ENTRY),
            "longer": items(
                "What has a longer name that begins like it.",
                record("", {"kind": text("What it is."), "name": text("Its name."), "meaning": text("What it means.")}),
            ),
        },
    ),
    _document(
        "ci-init",
        "A pipeline file.",
        {
            "file": text("The file."),
            "written": truth("Whether it was written."),
            "diff": text("The difference from the existing file."),
            "notes": texts("What to do next."),
        },
        sometimes={
            "from": record(
                "With --from: what became of the old file.",
                {
                    "file": text("The old file."),
                    "carriedOver": items(
                        "What the new file does too.",
                        record("", {**_PIPELINE_LINE, "becomes": text("What does it now.")}),
                    ),
                    "notCarriedOver": items(
                        "What the new file does not do.", record("", {**_PIPELINE_LINE, "reason": text("Why.")})
                    ),
                    "repairs": items("What was damaged, and how it was read.", record("", _PIPELINE_LINE)),
                },
            )
        },
    ),
    _document(
        "schema",
        "The JSON Schema of serverless.yml.",
        {
            "schema": {"description": "The schema; null with --out.", "type": ["object", "null"]},
            "file": optional(text("The file of --out.")),
        },
    ),
    DocumentSchema(
        "completion",
        "The completion script of a shell, or what was installed.",
        ("completion",),
        (
            ({"shell": text("The shell."), "script": text("The script.")}, {}),
            (
                {
                    "shell": text("The shell."),
                    "files": items(
                        "The files that completion needs.",
                        record("", {"path": text("The file."), "changed": truth("Whether it was written.")}),
                    ),
                    "advice": text("What is left to do."),
                },
                {},
            ),
        ),
    ),
    _document("emulator", "Printed once, when the local server listens.", {"url": text("Its URL.")}),
    DocumentSchema(
        "migration-report",
        "The file of `migrate --report FILE.json`.",
        (),
        (
            (
                {
                    "write": truth("Whether files were written."),
                    "files": items(
                        "All files of the tree.",
                        record(
                            "",
                            {
                                "file": text("The file."),
                                "state": choice("What became of it.", "written", "to-migrate", "current", "failed"),
                                "changes": items(
                                    "The lines that change.",
                                    record(
                                        "",
                                        {
                                            "line": integer("First line."),
                                            "before": texts("The old lines."),
                                            "after": texts("The new lines."),
                                        },
                                    ),
                                ),
                                "new_files": texts("The files that a part of it moves to."),
                                "lost": items("What has no equivalent.", record("", _MIGRATION_PROBLEM)),
                                "errors": items("Why it cannot be migrated.", record("", _MIGRATION_PROBLEM)),
                                "to_do": items("What to do.", record("", _MIGRATION_PROBLEM)),
                            },
                        ),
                    ),
                },
                {},
            ),
        ),
    ),
    _line(
        "simulate-step",
        "A line of `simulate --format jsonl`.",
        (_STEP_COMMON | {"events": _ITEM_NUMBERS}, _STEP_SOMETIMES),
        (_STEP_COMMON | {"records": _ITEM_NUMBERS}, _STEP_SOMETIMES),
    ),
    _line("logs-entry", "A line of `logs --format jsonl`.", (PARTS["run"]["properties"], {})),
    _line("event-record", "A line of the file of `events pull`.", (PARTS["event"]["properties"], {})),
    _line(
        "dev-event",
        "A line of `dev --format jsonl`.",
        (
            {
                "kind": {"description": "The local server is ready.", "const": "server"},
                "url": text("Its URL, for SCFDEPLOY_ENDPOINT."),
                "secretId": text("The key id that it accepts during this run."),
                "secretKey": text("The key."),
            },
            {},
        ),
        (
            {
                "kind": {"description": "The files were deployed.", "const": "deployed"},
                "seconds": number("Seconds since the change of a file was noticed."),
                "ok": truth("Whether all changes succeeded."),
                "diagnostics": items("Findings.", named("diagnostic")),
                "results": _APPLIED["results"],
                "summary": _APPLIED["summary"],
                "refused": _REFUSED,
            },
            {},
        ),
        (
            {
                "kind": {"description": "The files have errors; the deployed functions stay.", "const": "rejected"},
                "diagnostics": items("Findings.", named("diagnostic")),
            },
            {},
        ),
        (
            {
                "kind": {"description": "Something failed.", "const": "error"},
                "message": text("What."),
                "hint": optional(text("What to do.")),
                "diagnostics": items("Findings.", named("diagnostic")),
            },
            {},
        ),
        ({"kind": {"description": "A function responds.", "const": "ready"}, "url": text("Its local URL.")}, {}),
        (
            {
                "kind": {"description": "A run of a function has ended.", "const": "request"},
                **PARTS["run"]["properties"],
                "http": optional_record(
                    "The HTTP request that started it; null if none did.",
                    {
                        "method": text("Method."),
                        "path": text("Path."),
                        "status": integer("Status of the response."),
                    },
                ),
            },
            {},
        ),
        (
            {
                "kind": {"description": "Timers were fired on demand.", "const": "timers"},
                "function": text("The function."),
                "timers": texts("Names of the timers."),
            },
            {},
        ),
        (
            {
                "kind": {"description": "Functions can be debugged.", "const": "debugger"},
                "configurations": items("Configurations for launch.json of VS Code.", {"type": "object"}),
            },
            {},
        ),
    ),
)

FAILURE = DocumentSchema(
    "failure",
    "Printed by any command in place of its own document when it fails.",
    (),
    (({"error": _FAILED_KEYS}, {"interrupted": truth("True if a signal stopped the command; absent otherwise.")}),),
)


def all_documents() -> tuple[DocumentSchema, ...]:
    """Every kind of document."""
    return (*DOCUMENTS, FAILURE)


def schema_of(document: DocumentSchema) -> Schema:
    """The complete schema of a document."""
    results = [_alternative(document, *keys) for keys in document.alternatives]
    if document.commands:
        failed, sometimes = FAILURE.alternatives[0]
        regions = _REGIONS if any("regions" in rare for _, rare in document.alternatives) else {}
        results.append(_alternative(FAILURE, failed, sometimes | regions))
    body = results[0] if len(results) == 1 else {"anyOf": results}
    schema = {"$schema": DRAFT, "title": document.about, **body}
    used = set(_parts_of(body))
    return schema | {"$defs": {name: PARTS[name] for name in PARTS if name in used}} if used else schema


def _alternative(document: DocumentSchema, keys: Schema, sometimes: Schema) -> Schema:
    if document.is_line:
        return record("", keys, sometimes=sometimes)
    commands = document.commands
    command = {"const": commands[0]} if len(commands) == 1 else {"type": "string"}
    common = {
        "format": {"description": "Version of the format of documents.", "const": 1},
        "command": {"description": "The command.", **command},
        "ok": truth("Whether the command succeeded."),
        "diagnostics": items("All findings, sorted by place.", named("diagnostic")),
    }
    if document is FAILURE:
        common["ok"] = {"description": "Always false.", "const": False}
    return record("", common | keys, sometimes=sometimes)


def _parts_of(schema: object) -> Iterator[str]:
    """The names of the parts that a schema refers to, with those that these refer to."""
    if isinstance(schema, list):
        for item in schema:
            yield from _parts_of(item)
    elif isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name:
            yield name
            yield from _parts_of(PARTS[name])
        for value in schema.values():
            yield from _parts_of(value)
