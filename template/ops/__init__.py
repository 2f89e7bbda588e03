"""`python3 -m ops`: what no other tool does for this repository. Standard library only, Python 3.9 or newer."""
