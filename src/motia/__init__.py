"""What authors import."""

__version__ = "0.1.0"
