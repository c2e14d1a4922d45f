"""The pages that somebody sees who is not logged in, or whose Workbench was not built. No script, no inline style."""

from __future__ import annotations

from html import escape
from string import Template

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">$more
<title>$title</title>
<link rel="stylesheet" href="$base/login.css">
</head>
<body>
<main>
<h1>$title</h1>
$content
</main>
</body>
</html>
""")

STYLE = b"""
:root { color-scheme: light dark; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: #f6f7f9; color: #1b1f27; }
main { max-width: 26rem; margin: 14vh auto 0; padding: 1.75rem 2rem; background: #fff;
  border: 1px solid #d9dde4; border-radius: 10px; }
h1 { margin: 0 0 .75rem; font-size: 1.15rem; }
p { margin: .5rem 0; }
code { font: 13px ui-monospace, monospace; background: #eef0f4; padding: .1rem .35rem; border-radius: 4px; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; margin: .35rem 0 .75rem; padding: .55rem .65rem; font: inherit;
  border: 1px solid #8a93a3; border-radius: 6px; background: transparent; color: inherit; }
button { padding: .5rem 1.1rem; font: inherit; font-weight: 600; color: #fff; background: #3450c8; border: 0;
  border-radius: 6px; cursor: pointer; }
:focus-visible { outline: 3px solid #7b93ff; outline-offset: 2px; }
[role=alert] { color: #a3202b; font-weight: 600; }
@media (prefers-color-scheme: dark) {
  body { background: #14171c; color: #e6e8ec; }
  main { background: #1b1f26; border-color: #333a45; }
  code { background: #2a303a; }
  [role=alert] { color: #ff9aa0; }
}
"""

_FORM = """<form method="post" action="{base}/login">
<input type="hidden" name="after" value="{after}">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Log in</button>
</form>"""


def login_page(*, base: str, problem: str, takes_tokens: bool, is_production: bool, after: str = "") -> bytes:
    """What somebody sees who is not logged in; `problem` is why, when they tried.

    `after` is the address below `base` that they came for, without a slash in front.
    """
    ways = []
    if problem:
        ways.append(f'<p role="alert">{escape(problem)}</p>')
    if not is_production:
        again = ", then load this page again" if after else ""
        ways.append(f"<p>Open the link that <code>motia dev</code> printed{again}.</p>")
    ways.append("<p><code>motia workbench</code> on the engine's machine prints a new link.</p>")
    if takes_tokens:
        ways.append(_FORM.format(base=escape(base), after=escape(after)))
    return _page(base, "Log in to the Workbench", "\n".join(ways))


def again_page(*, base: str, address: str) -> bytes:
    """Opens `address` again, this time from a page of ours.

    A browser that follows a link on another site leaves a SameSite=Strict cookie out; whoever is
    logged in gets in at the second try.
    """
    again = f'\n<meta http-equiv="refresh" content="0; url={escape(address)}">'
    content = f'<p><a href="{escape(address)}">Go on to the Workbench</a></p>'
    return _page(base, "Opening the Workbench…", content, more=again)


def not_built_page(*, base: str) -> bytes:
    """The engine runs from a checkout whose Workbench was not built."""
    content = (
        "<p>The screens of the Workbench are not built in this checkout.</p>"
        "<p>With Node 20.19 or newer and npm: <code>make setup</code>, or "
        "<code>npm ci &amp;&amp; npm run build</code> in <code>workbench/</code>; then load this page again.</p>"
        f'<p>The API answers: <a href="{escape(base)}/v1/status">status</a>, '
        f'<a href="{escape(base)}/v1/openapi.json">its description</a>.</p>'
    )
    return _page(base, "The Workbench is not built", content)


def _page(base: str, title: str, content: str, *, more: str = "") -> bytes:
    return _PAGE.substitute(base=escape(base), title=escape(title), content=content, more=more).encode()
