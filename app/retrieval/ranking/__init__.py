"""What reorders the fused candidates."""
