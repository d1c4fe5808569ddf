"""An image file's bytes -> the same picture without metadata, and the few facts that count."""
