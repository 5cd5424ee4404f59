"""Rules for runtimes, memory, timeouts and other sizes."""
