"""`python -m composevariant`."""

from composevariant.cli import main

main()
