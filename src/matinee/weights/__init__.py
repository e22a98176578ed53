"""The weights of open models: how they are fetched, checked and kept."""
