"""What all outdoor sets are composed of: light by the hour, sky, terrain, ground, water, plants."""
