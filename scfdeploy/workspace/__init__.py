"""Files of a project: the .scfdeploy folder, its lock, journals and cache, and atomic writes. Takes text and paths."""
