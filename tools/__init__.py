"""Tools for developing the engine itself; not part of the distribution."""
