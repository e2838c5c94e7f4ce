"""What is measured of retrieved characters."""
