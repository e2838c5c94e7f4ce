"""Confidence intervals, significance tests, and their correction for multiple comparisons."""
