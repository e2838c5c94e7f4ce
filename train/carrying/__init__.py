"""What is carried to another machine and back, in little room."""
