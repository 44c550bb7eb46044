"""Corridor: software that runs an innovation region. It decides, pays, tracks and rehearses."""

__version__ = "0.1.0"
