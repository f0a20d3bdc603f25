"""One Compose file and small overlays instead of hand-kept copies."""

__version__ = "0.1.0"
