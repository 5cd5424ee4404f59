"""Asynchronous delivery of events: pure state machines without clock, threads or randomness.

The emulator runs handlers through them. Times are integers, milliseconds.
"""
