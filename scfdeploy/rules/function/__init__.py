"""Rules for names, tags, regions and other settings of a function."""
