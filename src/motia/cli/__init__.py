"""The command line: one file a command, each loaded when it is asked for.

Nothing is imported here, so that `motia --version` costs click and no more.
"""
