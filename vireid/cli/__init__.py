"""The command: parse, compose, print."""
