"""The files of this repository agree with each other."""
