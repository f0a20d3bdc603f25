"""What it takes to add a sidecar to a project: whom it serves, where it sends, what it shares, what it is told."""
