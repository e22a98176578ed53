"""Films and pictures as files: encode, probe, thumbnail, spritesheet, reference images.

The only user of the video library.
"""
