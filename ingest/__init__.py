"""Bulk ingestion: sources, loaders, chunkers and the pipeline that indexes them."""
