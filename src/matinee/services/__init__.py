"""Use cases, one transaction each. Dialects call them, workers never do."""
