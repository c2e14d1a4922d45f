"""Schedules: from expressions to instants, and from instants to durable events."""

from motia.schedules.schedule import Schedule
from motia.schedules.scheduler import CronOverview, CronScheduler

__all__ = ["CronOverview", "CronScheduler", "Schedule"]
