"""Schedules: from expressions to instants, and from instants to durable events."""

from motia.cron.schedule import Schedule
from motia.cron.scheduler import CronOverview, CronScheduler

__all__ = ["CronOverview", "CronScheduler", "Schedule"]
