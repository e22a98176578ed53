"""Open models on this machine, through diffusers; nothing heavy is loaded by importing this."""
