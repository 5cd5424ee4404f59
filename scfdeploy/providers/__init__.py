"""The clouds: `base` says what the rest of the tool needs of one; each folder is one cloud."""
