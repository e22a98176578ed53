"""One module a step, named after its number and what it brings."""
