"""Find a sidecar inside an application's image, and the changes that remove the sidecar."""
