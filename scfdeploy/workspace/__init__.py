"""Files on the user's disk, as plain paths and bytes: written whole or not at all, temporary ones out of sight."""
