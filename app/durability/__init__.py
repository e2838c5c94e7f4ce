"""What must survive a crash: files that are there whole or not at all."""
