"""Uploads of code to Cloud Object Storage."""
