"""Whether answers say what was asked, cite where it stands, and are withheld where nothing does."""
