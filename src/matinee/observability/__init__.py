"""What operators see: logs today."""
