"""The commands of ``rag train``, one module each; `train.commands.group` defines their options."""
