"""Package managers as data for the passes, one file each."""
