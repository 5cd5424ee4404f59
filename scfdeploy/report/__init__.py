"""Formats results of commands as text for people and as documents for programs. Makes no decisions."""
