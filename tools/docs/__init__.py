"""Generated pages of docs/reference: `python -m tools.docs`.

A page is written from the thing that it describes (the click parser, the configuration's keys, the
tree of errors); a test compares each with its file, so that neither changes alone.
"""

from tools.docs.pages import Page, pages, write_pages

__all__ = ["Page", "pages", "write_pages"]
