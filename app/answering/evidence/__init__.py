"""What is asked, and how likely each statement answers it."""
