"""Find and render templates, and read sample events."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.records import NamedTuple
from scfdeploy.scaffold.config_text import AMBIGUOUS_WORDS

if TYPE_CHECKING:
    from jinja2 import Environment


_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")


@cache
def project_environment() -> Environment:
    """The environment for the files of a new project, with the default delimiters.

    Comments and prose in the templates pass through `message`, so that they are in the language of the user.
    """
    import jinja2

    # Autoescaping is for HTML; values in YAML use the filter `yaml`.
    environment = jinja2.Environment(  # noqa: S701
        loader=jinja2.FileSystemLoader(templates() / "init"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["yaml"] = yaml_word
    environment.globals["message"] = message
    return environment


@cache
def pipeline_environment() -> Environment:
    """The environment for pipeline files, which use `{{` and `{%` themselves: its delimiters are `<<` and `<%`."""
    import jinja2

    environment = jinja2.Environment(  # noqa: S701
        loader=jinja2.FileSystemLoader(templates() / "ci"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    environment.filters |= {
        "yaml": yaml_word,
        "yaml_list": _yaml_list,
        "anchor": _anchor,
        "compact": _compact,
        "groovy": groovy_word,
        "groovy_list": _groovy_list,
        "groovy_map": _groovy_map,
        "groovy_script": _groovy_script,
        "gitlab_string": _gitlab_string,
        "shell": _shell_word,
    }
    return environment


def yaml_word(word: str) -> str:
    """A string as YAML, quoted where any version of YAML would read another type."""
    if _PLAIN.fullmatch(word) and word.lower() not in AMBIGUOUS_WORDS:
        return word
    return json.dumps(word, ensure_ascii=False)  # every JSON text is a YAML text


def groovy_word(word: str) -> str:
    """A string as Groovy, in single quotes, which do not interpolate `$`."""
    return "'{}'".format(word.replace("\\", "\\\\").replace("'", "\\'"))


def _yaml_list(words: list[str]) -> str:
    return f"[{', '.join(yaml_word(word) for word in words)}]"


def _anchor(word: str) -> str:
    """A stage in the name of a YAML anchor, where many readers accept no dot. Different stages stay different."""
    return word.replace("_", "__").replace(".", "_-")


def _compact(value: object) -> str:
    """A value as JSON inside a string of a GitHub expression, which doubles single quotes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("'", "''")


def _gitlab_string(text: str) -> str:
    """A string in a GitLab rule, which has no escapes."""
    quote = "'" if '"' in text else '"'
    return f"{quote}{text}{quote}"


def _shell_word(word: str) -> str:
    """A string for a shell, in single quotes also where it needs none: `HOOK=make` looks like a mistake."""
    return "'{}'".format(word.replace("'", "'\"'\"'"))


def _groovy_list(words: Sequence[str]) -> str:
    return f"[{', '.join(groovy_word(word) for word in words)}]"


def _groovy_map(lists: Mapping[str, Sequence[str]]) -> str:
    return f"[{', '.join(f'{groovy_word(key)}: {_groovy_list(words)}' for key, words in lists.items())}]"


def _groovy_script(text: str, columns: int) -> str:
    """An indented script for a Groovy string in three single quotes."""
    escaped = text.strip().replace("\\", "\\\\").replace("'''", "''\\'")
    return "".join(f"{' ' * columns}{line}\n" if line else "\n" for line in escaped.split("\n"))


def templates() -> Path:
    """The folder of templates. ScfDeployError when the installation has none."""
    package = Path(__file__).parents[1]
    # A wheel has the templates inside the package, a checkout beside it.
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "init" / "common").is_dir():
            return folder
    raise ScfDeployError(
        message("this installation of scfdeploy has no templates"),
        hint=message("Reinstall scfdeploy, for example with pip install --force-reinstall."),
    )


class Sample(NamedTuple):
    """A sample event: a file in templates/events."""

    name: str
    alias: str = ""


SAMPLES = (
    Sample("hello-world"),
    Sample("hello"),
    Sample("cos-upload", "cos"),
    Sample("cos-delete"),
    Sample("cmq-topic", "cmq"),
    Sample("api-gateway", "apigw"),
    Sample("ckafka"),
    Sample("timer"),
    Sample("http"),
    Sample("clb"),
    Sample("cls"),
    Sample("mps"),
    Sample("cloud-api"),
    Sample("dead-letter"),
)
"""All sample events."""


def find_sample(name: str) -> Sample | None:
    """The sample event with this name or alias, or None."""
    return next((sample for sample in SAMPLES if name and name in (sample.name, sample.alias)), None)


def sample_event(sample: Sample) -> str:
    """The JSON of a sample event."""
    return (templates() / "events" / f"{sample.name}.json").read_text(encoding="utf-8")
