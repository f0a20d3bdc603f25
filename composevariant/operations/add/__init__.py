"""The operation `add`: add a sidecar from a preset, for one host or for each service."""
