"""Package managers as data for the passes, with one file for each package manager."""
