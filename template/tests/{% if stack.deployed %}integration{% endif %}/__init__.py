"""The services work together, on stores of their own."""
