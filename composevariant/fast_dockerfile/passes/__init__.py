"""The passes that make a Dockerfile fast, one file each. Each pass checks its own preconditions."""
