"""The work of the commands, one file each.

A command opens projects, calls the rooms below for each of them, and prints data to stdout, all else to stderr.
The table in `cli/app.py` loads the options of a command by name; these load the work. So the room has no names to
hand out.
"""
