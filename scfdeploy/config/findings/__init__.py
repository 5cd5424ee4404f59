"""The public pages of what reading can find: one table for each part of the reader, put together here."""

from scfdeploy.config.findings.table import PAGES

__all__ = ["PAGES"]
