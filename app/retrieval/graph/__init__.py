"""From the entities of a question to passages, over what passages share."""
