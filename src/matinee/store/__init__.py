"""The rows: one schema and one set of statements, for SQLite now and PostgreSQL later."""
