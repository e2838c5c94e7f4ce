"""One loader a format: bytes in, `LoadedDocument` out."""
