"""Read a mapping by a table of fields, checking names and types. Rules check the values."""

from scfdeploy.config.fields.mapping import read_fields
from scfdeploy.config.fields.reading import Reading

__all__ = ["Reading", "read_fields"]
