"""The operation `dockerfiles`: swap Dockerfiles for fast ones, by suffix or by map, or generate them."""
