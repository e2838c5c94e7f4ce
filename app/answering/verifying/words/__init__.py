"""How the words of a sentence are compared with those of its statement, one by one."""
