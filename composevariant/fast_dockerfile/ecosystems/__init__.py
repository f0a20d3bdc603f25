"""What is known of package managers, one file each: data that the rungs of a fast Dockerfile work from."""
