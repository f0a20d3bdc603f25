"""How the file of a variant stands, what somebody edited in it, and merging that with what base and overlays give."""
