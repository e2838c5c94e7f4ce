"""Ingestion in the background: uploads are kept on disk, then indexed one job at a time."""
