"""PDF: from glyphs to paragraphs and tables."""
