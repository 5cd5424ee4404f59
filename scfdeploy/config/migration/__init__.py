"""Convert older formats of serverless.yml to the current one, line by line, so that comments and layout stay."""

from scfdeploy.config.migration.current_format import component_choices
from scfdeploy.config.migration.migrate import Migrated, migrate_text
from scfdeploy.config.migration.split_file import NewFile

__all__ = ["Migrated", "NewFile", "component_choices", "migrate_text"]
