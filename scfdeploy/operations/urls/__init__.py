"""Calls of functions by their URL."""
