"""Building base and variant for real: what is built when, what is measured, and what may be said of it."""
