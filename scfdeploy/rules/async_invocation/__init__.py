"""Rules for asynchronous invocation, dead letters and logs."""
