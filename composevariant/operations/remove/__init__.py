"""The operation `remove`: remove settings or services, references to them, and definitions that only they used."""
