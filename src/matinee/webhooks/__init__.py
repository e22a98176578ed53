"""Tells receivers of finished videos: plans deliveries from events, and sends them."""
