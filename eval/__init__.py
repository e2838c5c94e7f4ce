"""Offline evaluation: datasets, metrics, runs and reports."""
