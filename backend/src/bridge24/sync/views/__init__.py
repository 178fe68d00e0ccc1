"""Labelled views over the mirrored tables: words beside the codes.

``keeper`` makes and renews them, ``recipe`` says which words a table needs, ``compose``
writes the SQL.
"""
