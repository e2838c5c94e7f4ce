"""What operators see of the work: time by stage, metrics, and which request a line is about."""
