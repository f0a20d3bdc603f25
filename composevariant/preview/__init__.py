"""How changes are shown: one file for each form, and nothing here decides what changes."""
