"""Asynchronous delivery of events: pure state machines without clock, threads or randomness.

The emulator runs real handlers through them, the simulator scripted outcomes. Times are integers, milliseconds.
"""
