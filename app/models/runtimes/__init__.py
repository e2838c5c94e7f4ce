"""What runs an encoder: PyTorch or OpenVINO, in the numeric form that is fastest here."""
