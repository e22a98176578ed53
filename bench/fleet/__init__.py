"""How large a fleet must be: a stated model of sizes, and a simulation of lines before GPUs."""
