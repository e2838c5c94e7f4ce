"""The default store: one directory a collection; SQLite is the truth, indexes are caches."""
