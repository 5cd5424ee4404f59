"""Rules for the delivery of asynchronous events."""
