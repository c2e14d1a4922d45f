import msgspec
import pytest

from motia.workbench.views import error_view, run_detail, run_view, value_view


@pytest.mark.parametrize(
    "value", [b"1.10", b'{"n": 123456789012345678901234567890}', b'"x"', b"null", b"[ 1 ]"]
)
def test_a_value_without_secrets_is_passed_on_byte_for_byte(value):
    assert value_view(value, raw=False) == (msgspec.Raw(value), False)


def test_a_value_with_a_secret_says_that_something_is_hidden():
    view, is_hidden = value_view(b'{"a": {"apiKey": "x"}}', raw=False)

    assert msgspec.json.decode(view) == {"a": {"apiKey": "[redacted]"}}
    assert is_hidden


def test_a_value_that_is_missing_stays_missing():
    assert value_view(None, raw=False) == (None, False)


def test_every_text_of_an_error_is_redacted(failed):
    error = msgspec.structs.replace(
        failed, stack="password=abc", details=msgspec.Raw(b'{"token": "abc", "n": 1}')
    )

    view = error_view(error)

    assert b"abc" not in msgspec.json.encode(view)
    assert msgspec.json.decode(view.details)["n"] == 1


def test_a_detail_has_all_that_a_list_has(a_run):
    listed = set(run_view(a_run(1)).__struct_fields__)

    detail = run_detail(a_run(1), attempts=[], children=[], replays=[], why=None, raw=False)

    assert listed < set(detail.__struct_fields__)
