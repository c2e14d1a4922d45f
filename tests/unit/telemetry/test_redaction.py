import msgspec
import pytest

from motia.telemetry import is_sensitive_key, redact_json, redact_text, redact_value
from motia.telemetry.redaction import BEYOND, DEPTH_MAX, NODES_MAX, REDACTED, cut_text


@pytest.mark.parametrize(
    "key",
    [
        "Authorization",
        "proxy-authorization",
        "Cookie",
        "Set-Cookie",
        "accessToken",
        "refresh_token",
        "X-CSRF-Token",
        "client_secret",
        "SECRET_KEY",
        "password",
        "dbPassword",
        "apiKey",
        "x-api-key",
        "api_key",
        "private-key",
        "passphrase",
        "credentials",
        "pwd",
    ],
)
def test_a_value_under_a_sensitive_key_is_hidden(key):
    assert is_sensitive_key(key)
    assert redact_value({key: "abc", "deep": [{key: {"a": 1}}]}) == {key: REDACTED, "deep": [{key: REDACTED}]}


@pytest.mark.parametrize("key", ["id", "name", "author", "passenger", "keyboard", "key", "cookies_eaten"[:4]])
def test_a_value_under_a_plain_key_is_shown(key):
    assert redact_value({key: "abc"}) == {key: "abc"}


def test_true_false_and_null_under_a_sensitive_key_stay():
    value = {"token": None, "hasPassword": True, "secret": False}

    assert redact_value(value) == value


# Put together here, so that no scanner takes this file for a leak.
SECRETS = [
    "sk-" + "a1B2" * 8,
    "sk_live_" + "a1B2" * 6,
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2" * 9,
    "AKIA" + "ABCD1234" * 2,
    "xoxb-" + "1234567890-abcdef",
    "AIza" + "a1B2_" * 7,
    "glpat-" + "a1B2" * 5,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nAAAA\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nMIIEow (cut off here)",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_hidden_by_its_shape_wherever_it_stands(secret):
    for text in (secret, f"got {secret}", f"a={secret};", f'"{secret}"'):
        assert secret not in redact_text(text)
        assert REDACTED in redact_text(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abcdefghijkl", "Authorization: [redacted]"),
        ("authorization: Token abc def\naccept: x", "authorization: [redacted]\naccept: x"),
        ("{'Cookie': 'a=b; c=d', 'x': 1}", "{'Cookie': '[redacted]', 'x': 1}"),
        ("got Bearer abcdefghijkl.", "got Bearer [redacted]"),
        ("sent Basic dXNlcjpwYXNz now", "sent Basic [redacted] now"),
        ("postgresql://me:pa55@db/x", "postgresql://[redacted]@db/x"),
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("/cb?token=abc123&x=1", "/cb?token=[redacted]&x=1"),
        ('{"password": "hunter2", "n": 1}', '{"password": [redacted], "n": 1}'),
        ("password=hunter2 user=ada", "password=[redacted] user=ada"),
        ("nothing here at all", "nothing here at all"),
    ],
)
def test_secrets_inside_a_line_are_hidden_and_the_rest_stays(text, expected):
    assert redact_text(text) == expected


def test_control_characters_stay_as_data():
    text = "\x1b[31mred\x1b[0m\x00\r\n"

    assert redact_text(text) == text


def test_headers_are_hidden_by_name_and_by_shape():
    headers = {"Cookie": "a=b", "accept": "*/*", "x-link": "http://u:p@h/"}

    assert redact_value({"headers": headers}) == {
        "headers": {"Cookie": REDACTED, "accept": "*/*", "x-link": "http://[redacted]@h/"}
    }


def test_a_value_deeper_than_the_bound_is_not_shown():
    value: object = "ghp_" + "a" * 36
    for _ in range(DEPTH_MAX + 5):
        value = [value]

    assert BEYOND in str(redact_value(value))
    assert "ghp_" not in str(redact_value(value))


def test_what_lies_beyond_the_bound_of_values_is_not_shown():
    shown = redact_value(list(range(NODES_MAX + 100)))

    assert shown[0] == 0
    assert shown[-1] == BEYOND


def test_json_text_keeps_its_values_and_text_that_is_no_json_is_shown_as_text():
    assert msgspec.json.decode(redact_json(b'{"a": 1.5, "token": "x"}')) == {"a": 1.5, "token": REDACTED}
    assert msgspec.json.decode(redact_json(b"password=abc {")) == "password=[redacted] {"
    assert bytes(redact_json(None)) == b"null"


def test_long_hostile_text_does_not_hang():
    # The test runner's limit is the assertion: a pattern that backtracked would take hours.
    texts = [
        "a" * 60_000 + "token",
        "eyJ" + "a" * 60_000,
        "://" * 20_000,
        "password" * 7_000,
        "-----BEGIN " * 6_000,
        "token" + " " * 60_000,
    ]

    assert [redact_text(text) for text in texts] == texts


def test_a_long_line_is_cut_at_a_character_with_the_mark():
    cut = cut_text("é" * 10, 5)

    assert cut == "éé… (16 bytes cut)"
    assert cut_text("short", 5) == "short"
