"""Answers -> Stack: what a generated repository is made of, decided once.

Layers, each importing only those above it: `units`, `names` and `catalog` (plain data), `answers`
(what people may write), `graph`, `stack` (everything derived), `problems` (why an answer is refused).
`load` alone reads files. Nothing here knows Jinja or Copier.
"""
