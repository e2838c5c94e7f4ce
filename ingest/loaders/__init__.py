"""One loader a format: bytes in, `Document` out."""
