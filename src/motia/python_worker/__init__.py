"""The python_worker room."""
