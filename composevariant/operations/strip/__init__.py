"""The operation `strip`: remove a sidecar with everything that belongs to it."""
