"""`python -m motia.python_worker`."""

from motia.python_worker.process import main

main()
