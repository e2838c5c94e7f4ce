"""Kinds of faults, one file each."""
