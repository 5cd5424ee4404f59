"""Older forms of serverless.yml into today's, line by line, so that comments and layout stay."""

from scfdeploy.config.migration.migrate import Migrated, migrate_text

__all__ = ["Migrated", "migrate_text"]
