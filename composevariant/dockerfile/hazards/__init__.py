"""Recipes in Dockerfiles that ship something else than what was built, or lose it: dockerfile.md D, measured."""
