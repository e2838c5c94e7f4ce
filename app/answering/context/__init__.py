"""From hits to what may be said: passages, and the statements in them with their settings."""
