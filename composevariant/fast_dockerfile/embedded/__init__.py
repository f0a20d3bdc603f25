"""A sidecar inside an app's image: what of it a Dockerfile installs, configures and starts, and how to take it out."""
