"""Media processing: tasks that call functions."""
