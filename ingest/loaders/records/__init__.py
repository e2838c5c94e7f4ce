"""CSV, JSON, YAML and files of settings."""
