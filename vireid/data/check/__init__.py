"""What is wrong with data: every list read, every image opened."""
