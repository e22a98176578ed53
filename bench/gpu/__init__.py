"""How fast films are drawn on a GPU, with random weights at real size; see `__main__`."""
