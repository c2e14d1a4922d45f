"""The cron room."""
