"""What values may be: names and switches, with the documented code for a wrong one."""
