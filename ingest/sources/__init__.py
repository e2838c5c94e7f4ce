"""Where documents come from: files, uploaded bytes, lines of JSONL, ready records."""
