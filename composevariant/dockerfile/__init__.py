"""Dockerfiles: read without losing a byte, and asked for their stages and for what an image of them would be."""
