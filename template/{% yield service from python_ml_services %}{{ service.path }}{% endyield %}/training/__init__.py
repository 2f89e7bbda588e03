"""What makes the example model; none of it is in production."""
