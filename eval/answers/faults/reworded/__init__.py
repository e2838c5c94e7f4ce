"""True rewordings, which a verifier must accept; every module has its rules in ``RULES``."""
