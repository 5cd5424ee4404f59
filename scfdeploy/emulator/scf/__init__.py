"""Serverless functions: actions, stored documents, configuration, triggers, invocations and function URLs."""
