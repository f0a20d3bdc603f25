"""How the problems of a run are printed: one file a form."""
