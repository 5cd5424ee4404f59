"""Read a scenario. Everything that is wrong is reported with its position."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from scfdeploy.config.files import absolute, display_path, read_text
from scfdeploy.config.scenario import values
from scfdeploy.config.scenario.definition import (
    OUTCOME_WORDS,
    PLATFORMS,
    SUCCESS,
    CkafkaSource,
    DestinationRules,
    EventSource,
    FunctionPolicy,
    Outcome,
    QueueSource,
    Scenario,
    Source,
    StreamSource,
)
from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode, is_null, parse
from scfdeploy.config.yaml.nodes import boolean, number
from scfdeploy.diagnostics import Diagnostics, Span, message
from scfdeploy.records import replace

_ITEM_WORDS = ("event", "message", "record")
_MAX_SHARDS = 1000
_ACKNOWLEDGE = ("batch", "delete", "report")
_UNSUPPORTED = ("error", "warn", "drop")
COUNTS = ("attempts", "invocations", "completions", "deliveries", "splits")
"""What `expect` counts over a whole run."""
ITEM_SETS = ("finished", "dead", "dropped", "lost", "expired", "failed", "waiting", "repeated")
"""What `expect` knows of items: their numbers as a list, or how many there are."""


def read_scenario(path: str, cwd: str, diagnostics: Diagnostics) -> tuple[Scenario, Mapping[str, str]]:
    """The scenario in a file, and the text of the file by its display name for messages."""
    file = absolute(path, cwd)
    name = display_path(file, cwd)
    text = read_text(file, name, diagnostics)
    if text is None:
        return Scenario(), {}
    return parse_scenario(text, name, diagnostics), {name: text}


def parse_scenario(text: str, file: str, diagnostics: Diagnostics) -> Scenario:
    """The scenario in a text; the defaults for what is wrong, which is reported."""
    tree = parse(text, file, diagnostics, has_urls=True)
    if tree is None or is_null(tree):
        return Scenario()
    return _Reader(diagnostics).scenario(tree)


def read_outcome_list(text: str) -> tuple[Outcome, ...] | str:
    """The outcomes of `430,430,200`, or the word that is none."""
    outcomes: list[Outcome] = []
    for word in text.split(","):
        outcome = values.outcome_of(word.strip())
        if outcome is None:
            return word.strip()
        outcomes.append(outcome)
    return tuple(outcomes)


class _Reader:
    def __init__(self, diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics

    def scenario(self, tree: Node) -> Scenario:
        """The whole file."""
        readers: Mapping[str, Callable[[Node], Any]] = {
            "on": self._platforms,
            "handler": partial(self._text, key="handler"),
            "outcomes": partial(self._outcomes, key="outcomes"),
            "duration": partial(self._duration, key="duration"),
            "event": self._event,
            "policy": partial(self._policy, name="policy"),
            "source": self._source,
            "afterFailure": partial(self._choice, key="afterFailure", known=("stop", "continue")),
            "destinations": self._destinations,
            "backoff": partial(self._duration, key="backoff"),
            "ageBase": partial(self._choice, key="ageBase", known=("split", "arrival")),
            "expect": self._expect,
        }
        spans = {entry.key.text: entry.value.span for entry in tree} if isinstance(tree, MappingNode) else {}
        is_project = "component" in spans
        hint = message("This is a serverless.yml; without a file, `simulate` runs its function.") if is_project else ""
        read = values.read_table(tree, readers, self._diagnostics, name=message("a scenario"), hint=hint)
        fields = {
            "duration": "duration_ms",
            "afterFailure": "after_failure",
            "backoff": "backoff_ms",
            "ageBase": "age_base",
        }
        scenario = Scenario(**_given(read, fields), spans=spans)
        return self._named_outcomes(scenario)

    def _named_outcomes(self, scenario: Scenario) -> Scenario:
        """A scenario whose `handler` is the word `outcomes` has only outcomes."""
        if scenario.handler != "outcomes":
            return scenario
        return replace(scenario, handler="", outcomes=scenario.outcomes or {0: SUCCESS})

    def _platforms(self, node: Node) -> tuple[str, ...]:
        nodes = node.items if isinstance(node, SequenceNode) else (node,)
        words = (values.choice(item, "on", PLATFORMS, self._diagnostics) for item in nodes)
        return tuple(dict.fromkeys(word for word in words if word is not None))

    def _outcomes(self, node: Node, *, key: str) -> Mapping[int, tuple[Outcome, ...]]:
        if not isinstance(node, MappingNode) or self._is_one_outcome(node):
            return {0: self._attempts(node, key=key)}
        outcomes: dict[int, tuple[Outcome, ...]] = {}
        for entry in node:
            name = entry.key.text
            item = self._item(name)
            if item is None:
                expected = message('"default", "event N", "message N" or "record N"')
                values.report(entry.key, key, expected, self._diagnostics)
                continue
            if item in outcomes:
                values.report(entry.key, key, message("set once per item"), self._diagnostics)
            outcomes[item] = self._attempts(entry.value, key=f"{key}.{name}")
        return {0: SUCCESS} | outcomes

    def _attempts(self, node: Node, *, key: str) -> tuple[Outcome, ...]:
        """The outcomes of an item, per attempt."""
        if isinstance(node, SequenceNode) and not node.items:
            values.report(node, key, message("a list with at least one outcome"), self._diagnostics)
        return values.one_or_more(node, partial(values.outcome, key=key, diagnostics=self._diagnostics)) or SUCCESS

    @staticmethod
    def _is_one_outcome(node: MappingNode) -> bool:
        """Whether a mapping is `fail: TEXT` instead of outcomes by item."""
        return len(node.entries) == 1 and node.entries[0].key.text in OUTCOME_WORDS

    @staticmethod
    def _item(name: str) -> int | None:
        """The number in `event 3`; 0 for `default`, None for anything else."""
        if name == "default":
            return 0
        word, _, digits = name.partition(" ")
        is_item = word in _ITEM_WORDS and digits.isascii() and digits.isdigit() and 0 < len(digits) <= 9
        return int(digits) or None if is_item else None

    def _event(self, node: Node) -> str:
        if isinstance(node, ScalarNode) and not is_null(node):
            try:
                json.loads(node.text)
            except (ValueError, RecursionError):
                return json.dumps(node.text, ensure_ascii=False)
            return node.text
        return json.dumps(_plain(node), ensure_ascii=False)

    def _policy(self, node: Node, *, name: str) -> FunctionPolicy:
        read = values.read_table(node, self._policy_readers(name), self._diagnostics, name=name)
        return self._policy_of(read, node)

    def _policy_readers(self, name: str) -> Mapping[str, Callable[[Node], Any]]:
        target = partial(values.target, diagnostics=self._diagnostics)
        return {
            "retries": partial(self._number, key=f"{name}.retries"),
            "maxAge": partial(self._duration, key=f"{name}.maxAge"),
            "deadLetter": partial(target, key=f"{name}.deadLetter"),
            "onFailure": partial(target, key=f"{name}.onFailure"),
            "onSuccess": partial(target, key=f"{name}.onSuccess"),
            "queueLimit": partial(self._number, key=f"{name}.queueLimit", least=1),
            "trace": partial(self._is_second, key=f"{name}.trace", words=("off", "events")),
            "unsupported": partial(self._choice, key=f"{name}.unsupported", known=_UNSUPPORTED),
        }

    @staticmethod
    def _policy_of(read: Mapping[str, Any], node: Node) -> FunctionPolicy:
        fields = {
            "maxAge": "max_age_ms",
            "deadLetter": "dead_letter",
            "onFailure": "on_failure",
            "onSuccess": "on_success",
            "queueLimit": "queue_limit",
            "trace": "is_traced",
        }
        spans = {entry.key.text: entry.value.span for entry in node} if isinstance(node, MappingNode) else {}
        return FunctionPolicy(**_given(read, fields), spans=spans)

    def _source(self, node: Node) -> Source:
        keys = [entry.key.text for entry in node] if isinstance(node, MappingNode) else []
        if "queue" in keys:
            return self._queue(node)
        if "stream" in keys:
            return self._stream(node)
        return self._ckafka(node) if "ckafka" in keys else self._events(node)

    def _events(self, node: Node) -> EventSource:
        hint = message('Known keys: events, every; or begin with "queue", "stream" or "ckafka".')
        readers = {
            "events": partial(self._number, key="source.events"),
            "every": partial(self._duration, key="source.every"),
        }
        read = {
            entry.key.text: readers[entry.key.text](entry.value)
            for entry in values.entries(
                node, (*readers, *values.NAMES_OF_SOURCES), self._diagnostics, name="source", hint=hint
            )
            if not is_null(entry.value)
        }
        return EventSource(**_given(read, {"every": "every_ms"}))

    def _queue(self, node: Node) -> QueueSource:
        readers: Mapping[str, Callable[[Node], Any]] = {
            "queue": partial(self._text, key="source.queue"),
            "messages": partial(self._number, key="source.messages"),
            "batch": partial(self._number, key="source.batch", least=1),
            "visibility": partial(self._duration, key="source.visibility"),
            "maxReceive": partial(self._number, key="source.maxReceive", least=1),
            "deadLetter": partial(
                values.target, key="source.deadLetter", diagnostics=self._diagnostics, default_kind="queue"
            ),
            "acknowledge": partial(self._choice, key="source.acknowledge", known=_ACKNOWLEDGE),
            "every": partial(self._duration, key="source.every"),
        }
        read = values.read_table(node, readers, self._diagnostics, name="source")
        fields = {
            "queue": "name",
            "visibility": "visibility_ms",
            "maxReceive": "max_receive",
            "deadLetter": "dead_letter",
            "every": "every_ms",
        }
        return QueueSource(**_given(read, fields))

    def _stream(self, node: Node) -> StreamSource:
        readers: Mapping[str, Callable[[Node], Any]] = {
            "stream": partial(self._text, key="source.stream"),
            "records": partial(self._number, key="source.records"),
            "batch": partial(self._number, key="source.batch", least=1),
            "bisect": partial(values.truth, key="source.bisect", diagnostics=self._diagnostics),
            "retries": partial(self._unlimited, key="source.retries", read=self._number),
            "maxAge": partial(self._unlimited, key="source.maxAge", read=self._duration),
            "onFailure": partial(values.target, key="source.onFailure", diagnostics=self._diagnostics),
            "every": partial(self._duration, key="source.every"),
            "shards": partial(
                values.whole_number, key="source.shards", diagnostics=self._diagnostics, least=1, most=_MAX_SHARDS
            ),
        }
        read = values.read_table(node, readers, self._diagnostics, name="source")
        fields = {"stream": "name", "maxAge": "max_age_ms", "onFailure": "on_failure", "every": "every_ms"}
        return StreamSource(**_given(read, fields))

    def _ckafka(self, node: Node) -> CkafkaSource:
        readers: Mapping[str, Callable[[Node], Any]] = {
            "ckafka": partial(self._text, key="source.ckafka"),
            "messages": partial(self._number, key="source.messages"),
            "batch": partial(self._number, key="source.batch", least=1),
            "retry": partial(self._number, key="source.retry"),
            "every": partial(self._duration, key="source.every"),
        }
        read = values.read_table(node, readers, self._diagnostics, name="source")
        return CkafkaSource(**_given(read, {"ckafka": "name", "every": "every_ms"}))

    def _destinations(self, node: Node) -> Mapping[str, DestinationRules]:
        if is_null(node):
            return {}
        if not isinstance(node, MappingNode):
            values.report(node, "destinations", message("a mapping"), self._diagnostics)
            return {}
        return {entry.key.text.rpartition("://")[2]: self._destination(entry.value, entry.key.text) for entry in node}

    def _destination(self, node: Node, destination: str) -> DestinationRules:
        name = f"destinations.{destination}"
        policy = self._policy_readers(name)
        answer = partial(values.whole_number, key=f"{name}.answers", diagnostics=self._diagnostics, least=100, most=599)
        readers: Mapping[str, Callable[[Node], Any]] = {
            "limit": partial(values.size, key=f"{name}.limit", diagnostics=self._diagnostics),
            "answers": partial(values.one_or_more, read=answer),
            "policy": partial(self._policy, name=f"{name}.policy"),
            "outcomes": partial(self._outcomes, key=f"{name}.outcomes"),
            "type": partial(self._is_second, key=f"{name}.type", words=("event", "http")),
            **policy,
        }
        read = values.read_table(node, readers, self._diagnostics, name=name)
        own = {key: read.pop(key) for key in policy if key in read}
        if own:
            read["policy"] = self._policy_of(own, node)
        return DestinationRules(**_given(read, {"limit": "limit_bytes", "type": "is_http"}))

    def _expect(self, node: Node) -> Mapping[str, object]:
        readers: Mapping[str, Callable[[Node], Any]] = {
            **{name: partial(self._number, key=f"expect.{name}") for name in COUNTS},
            **{name: partial(self._items, key=f"expect.{name}") for name in ITEM_SETS},
        }
        read = values.read_table(node, readers, self._diagnostics, name="expect")
        return {name: value for name, value in read.items() if value is not None}

    def _items(self, node: Node, *, key: str) -> int | tuple[int, ...] | None:
        """The numbers of items, or how many there are."""
        if not isinstance(node, SequenceNode):
            return self._number(node, key=key)
        numbers = values.one_or_more(node, partial(self._number, key=key, least=1))
        return tuple(sorted(set(numbers)))

    def _text(self, node: Node, *, key: str) -> str:
        return values.text_of(node, key, self._diagnostics)

    def _choice(self, node: Node, *, key: str, known: tuple[str, ...]) -> str | None:
        return values.choice(node, key, known, self._diagnostics)

    def _is_second(self, node: Node, *, key: str, words: tuple[str, str]) -> bool | None:
        """Whether the value is the second of two words; None after a report."""
        word = self._choice(node, key=key, known=words)
        return None if word is None else word == words[1]

    def _duration(self, node: Node, *, key: str) -> int | None:
        return values.duration(node, key, self._diagnostics)

    def _number(self, node: Node, *, key: str, least: int = 0) -> int | None:
        return values.whole_number(node, key, self._diagnostics, least=least)

    @staticmethod
    def _unlimited(node: Node, *, key: str, read: Callable[..., int | None]) -> int | None:
        """A number or duration; None for -1, which means no limit."""
        if isinstance(node, ScalarNode) and node.text == "-1":
            return None
        return read(node, key=key)


def _given(read: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """What the file sets, by field of a dataclass, whose defaults apply to the rest and to what was reported.

    `fields` has the keys whose field has another name.
    """
    return {fields.get(key, key): value for key, value in read.items() if value is not None and value != ()}


def _plain(node: Node) -> Any:
    """A node as JSON data."""
    match node:
        case MappingNode():
            return {entry.key.text: _plain(entry.value) for entry in node}
        case SequenceNode(items=items):
            return [_plain(item) for item in items]
        case ScalarNode(text=text, style=style):
            if style != "plain":
                return text
            if is_null(node):
                return None
            truth, value = boolean(text), number(text)
            return text if truth is None and value is None else value if truth is None else truth


def span_of(scenario: Scenario, path: str) -> Span | None:
    """The position of a key's value, such as `policy.retries`; of the enclosing key if it has none."""
    head, _, tail = path.partition(".")
    if head == "policy" and tail in scenario.policy.spans:
        return scenario.policy.spans[tail]
    return scenario.spans.get(head)
