"""Asynchronous events: the persisted queue, and the attempts and deliveries that the rules ask for."""
