"""The commands, with one module for each command.

A command opens projects, calls the lower packages for each project, and prints data to stdout and messages to stderr.
`composevariant.cli` parses the options and imports the module of the command that runs, so this package exports
nothing.
"""
