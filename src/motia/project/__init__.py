"""A project on disk: configuration, discovery, catalog, checks and the flow graph."""

from motia.project.catalog import Catalog
from motia.project.config import Config, Limits, Retention, Workbench, WorkerPools

__all__ = ["Catalog", "Config", "Limits", "Retention", "Workbench", "WorkerPools"]
