"""Readers: from a folder or a table in a known layout to its images."""
