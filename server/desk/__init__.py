"""Take submissions and decide on them."""
