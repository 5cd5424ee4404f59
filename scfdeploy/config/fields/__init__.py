"""Reads a mapping by a table of fields: names, shapes and types. Whether a value makes sense is the rules' matter."""

from scfdeploy.config.fields.mapping import read_fields
from scfdeploy.config.fields.reading import Reading

__all__ = ["Reading", "read_fields"]
