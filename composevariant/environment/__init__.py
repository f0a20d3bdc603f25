"""Making a variant the one that Docker Compose uses: `.env`, exports for a shell, and what Compose does then."""
