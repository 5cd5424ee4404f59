"""All pages of the reader: a kind of finding is a line in one of the tables beside this."""

from __future__ import annotations

from scfdeploy.config.findings.files import FILES
from scfdeploy.config.findings.frameworks import FRAMEWORKS
from scfdeploy.config.findings.keys import KEYS
from scfdeploy.config.findings.layout import LAYOUT
from scfdeploy.config.findings.migration import MIGRATION
from scfdeploy.config.findings.suppressions import SUPPRESSIONS
from scfdeploy.config.findings.triggers import TRIGGERS
from scfdeploy.config.findings.variables import VARIABLES

PAGES = (*FILES, *FRAMEWORKS, *KEYS, *LAYOUT, *MIGRATION, *SUPPRESSIONS, *TRIGGERS, *VARIABLES)
