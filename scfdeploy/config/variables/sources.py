"""Look up the values of variables. Only values of the file itself are resolved in turn."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from scfdeploy.config.variables import errors
from scfdeploy.config.variables.errors import Problem
from scfdeploy.model import KnownSecrets, Ref, holds_secret, looks_secret
from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.records import NamedTuple

OWN_NAMES = ("app", "name", "org", "stage")
_SETTING = lazy_pattern(r"[0-9.]{0,6}\Z|true\Z|false\Z", re.IGNORECASE)
_NAME = r"[A-Za-z_][\w.-]*"


class OwnValue(NamedTuple):
    """The value of `${name}`, `${app}`, `${stage}` or `${org}`."""

    text: str
    final: bool = False
    """Whether the text is never resolved, because it does not come from the file."""


class VariableValue(NamedTuple):
    """The value of a variable."""

    text: str
    final: bool = False
    """Whether the text is never resolved in turn."""
    sensitive: bool = False
    note: Problem | None = None
    """A warning about the variable."""
    ref: Ref | None = None
    """The output that is the value, if it is known only after apply; then `text` is its name."""


class VariableSources(NamedTuple):
    """Where variables are looked up: `--var` first, then the environment or the instance's own values."""

    variables: Mapping[str, str]
    environment: Mapping[str, str]
    own: Mapping[str, OwnValue]
    outputs: Callable[[str], VariableValue | Problem] = errors.output_too_early
    """Looks up `output:…` variables."""
    secrets: KnownSecrets | None = None
    """Collects values that must be redacted: of secret names, those that look secret, and those of a .env file."""
    withheld: Callable[[str], bool] | None = None
    """Whether an environment variable must not be read, because it is a credential and the project is prebuilt."""

    def look_up(self, form: str) -> VariableValue | Problem:
        """The value of `${form}`."""
        if form in self.variables:
            return self._known(form, self.variables[form])
        if form.startswith(("env:", "env.")):
            return self._environment(form)
        if form.startswith("output:"):
            return self.outputs(form)
        if form in self.own:
            return VariableValue(self.own[form].text, self.own[form].final)
        return errors.no_organisation() if form == "org" else errors.unsupported(form, OWN_NAMES)

    def _environment(self, form: str) -> VariableValue | Problem:
        name = form[4:]
        if re.fullmatch(_NAME, name) is None:
            return errors.unsupported(form, OWN_NAMES)
        note = errors.dotted(name) if form[3] == "." else None
        if name in self.variables:
            return self._known(name, self.variables[name], note)
        if self.withheld is not None and self.withheld(name):
            return errors.withheld(name)
        return self._known(name, self.environment[name], note) if name in self.environment else errors.unset(name)

    def default(self, form: str, text: str) -> VariableValue:
        """The value of a variable that is not set, from the default in the file."""
        return self._known(form.removeprefix("env:"), text)

    def _known(self, name: str, text: str, note: Problem | None = None) -> VariableValue:
        if looks_secret(name) or holds_secret(text):
            if self.secrets is not None:
                self.secrets.add(text)
            return VariableValue(text, final=True, sensitive=True, note=note)
        is_private = self.secrets is not None and self.secrets.is_private(name, text)
        # Numbers and booleans in a .env file are settings, not secrets.
        return VariableValue(text, final=True, sensitive=is_private and not _SETTING.match(text), note=note)

    def knows(self, form: str) -> bool:
        """Whether `${form}` can be used in `name`, `app`, `stage` or `org`."""
        return form in self.variables or form in OWN_NAMES or form.startswith("env:")
