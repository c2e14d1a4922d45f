"""Generated types: what each step and topic takes and returns, for the type checkers of other languages."""

from motia.project.types.files import TypesWriter, type_files
from motia.project.types.targets import Target, targets_of

__all__ = ["Target", "TypesWriter", "targets_of", "type_files"]
