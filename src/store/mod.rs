//! MEMORY: one SQLite file.
