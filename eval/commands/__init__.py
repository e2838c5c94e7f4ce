"""The commands of ``rag eval``, one module each; `eval.commands.group` defines their options."""
