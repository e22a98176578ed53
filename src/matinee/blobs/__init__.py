"""The bytes of assets and references."""
