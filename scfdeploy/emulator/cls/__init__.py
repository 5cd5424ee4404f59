"""Logs: topics that call functions, and the search of the logs of functions."""
