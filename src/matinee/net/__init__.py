"""The only outbound HTTP: to public addresses, and to those the operator names."""
