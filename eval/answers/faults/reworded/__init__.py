"""True rewordings, which must not be refused."""
