"""The operation `remove`: remove settings or services, with references to them and what only they used."""
