from motia.workbench.headers import CONTENT_SECURITY_POLICY, SECURITY, secured


def test_no_script_or_style_runs_but_from_our_files():
    directives = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))

    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_what_an_answer_says_itself_stays():
    headers = dict(secured([(b"Referrer-Policy", b"same-origin"), (b"content-type", b"text/html")]))

    assert headers[b"Referrer-Policy"] == b"same-origin"
    assert b"referrer-policy" not in headers
    assert len(headers) == len(SECURITY) + 1
