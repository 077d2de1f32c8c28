"""Whose signature counts: paths, pins, revocation."""
