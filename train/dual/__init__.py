"""Training of a dual encoder on another machine: questions and passages, embedded apart."""
