"""What indexes in memory share: they follow the catalog's log, are kept on disk and looked over."""
