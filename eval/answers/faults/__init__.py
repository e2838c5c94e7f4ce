"""Evaluation of the verifier with false drafts and true rewordings.

`plant` makes both from real passages and from invented facts of an office: drafts with one planted
fault, which the verifier must refuse, and rewordings, which it must accept. `score` reports what
share of each kind it caught or wrongly refused, with the texts of its errors. Begin with
`eval.answers.faults.planting`.
"""
