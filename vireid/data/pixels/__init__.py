"""Image files -> pixels: decoded, resized, kept in memory or in a mapped file."""
