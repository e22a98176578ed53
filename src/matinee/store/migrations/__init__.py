"""The steps from one schema to the next, run by Alembic.

A new step is a module in `versions` and its number at the end of `schema.REVISIONS`; a test
compares what all steps make with `tables`.
"""
