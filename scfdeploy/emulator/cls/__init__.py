"""Logs: topics that call functions."""
