"""The entity graph of a local collection, a cache that follows its catalog."""
