"""The operation `add`: add a sidecar from a preset, either for the whole host or for each service."""
