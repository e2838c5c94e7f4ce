"""Where documents come from: files, what they hold, uploads, ready records."""
