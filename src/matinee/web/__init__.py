"""HTTP as every entrance shares it: errors, keys, bodies, files, streams."""
