"""Damaged files, what other readers make of them, and what vireid does."""
