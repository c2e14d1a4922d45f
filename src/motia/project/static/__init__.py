"""Static reading: which targets the source of a step triggers, as far as text alone can tell."""

from motia.project.static.reader import read_sites, read_source
from motia.project.static.sites import TriggerSite

__all__ = ["TriggerSite", "read_sites", "read_source"]
