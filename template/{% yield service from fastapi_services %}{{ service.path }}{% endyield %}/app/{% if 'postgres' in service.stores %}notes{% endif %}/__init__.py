"""Short texts that people leave: the example of a feature, from its table to its routes."""
