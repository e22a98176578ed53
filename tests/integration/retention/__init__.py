"""What is cleared away, and what is never: over real rows and files."""
