"""The rungs of a fast Dockerfile, one file each: every one stands alone, with preconditions of its own."""
