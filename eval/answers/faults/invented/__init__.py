"""Cases from texts of an invented office, whose names and numbers are filled in at random.

Begin with `eval.answers.faults.invented.office`.
"""
