"""Find a sidecar inside the image of an application, and the changes that remove it."""
