"""Drafts with one planted fault, true rewordings, and how many a verifier tells apart.

A verifier is measured with what it must refuse and with what it must not: `plant` makes both from
real passages and from invented facts of an office, `score` says what share of each kind was caught
or wrongly refused, and keeps the texts of what slipped through.
"""
