"""Cross-encoders: from mined groups to a folder."""
