"""Kinds of faults, one module each; every module has its rules in ``RULES``."""
