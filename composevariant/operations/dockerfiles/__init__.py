"""The operation `dockerfiles`: swap Dockerfiles for fast ones, which are found by suffix or map or are generated."""
