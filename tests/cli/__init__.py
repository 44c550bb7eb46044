"""Tests through the command line, as a user, and as an attacker, meets it."""
