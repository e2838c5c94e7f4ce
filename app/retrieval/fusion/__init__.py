"""Several rankings made into one."""
