"""The passes that make a Dockerfile fast, with one file for each pass. Each pass checks its own preconditions."""
