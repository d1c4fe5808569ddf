"""A run -> the page that says what it is worth, and its model card."""
