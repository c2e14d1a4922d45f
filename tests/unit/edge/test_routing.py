from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motia.edge.faults import HttpFault
from motia.edge.routing import Router, decode_segments, routed

ROUTER: Router[str] = routed(
    [
        ("GET", "/", "root"),
        ("GET", "/users/:id", "user"),
        ("GET", "/users/me", "me"),
        ("POST", "/users/:id/posts/:post", "post"),
        ("GET", "/users/me/posts", "my posts"),
        ("GET", "/exact/", "with slash"),
    ]
)


def served(method: str, path: str) -> tuple[str, list[str]] | None:
    found = ROUTER.match(path)
    route = found[0].find(method) if found else None
    return (route[0], found[1]) if found and route else None


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", ("root", [])),
        ("GET", "/users/42", ("user", ["42"])),
        ("GET", "/users/me", ("me", [])),
        ("GET", "/users/%6De", ("me", [])),
        ("POST", "/users/me/posts/7", ("post", ["me", "7"])),
        ("GET", "/users/me/posts", ("my posts", [])),
        ("GET", "/users/a%2Fb", ("user", ["a/b"])),
        ("GET", "/users/42/", ("user", ["42"])),
        ("GET", "/exact/", ("with slash", [])),
        ("GET", "/exact", None),
        ("GET", "/users/", None),
        ("GET", "/users", None),
        ("GET", "//users/42", None),
        ("GET", "/users/42/posts", None),
    ],
)
def test_a_path_finds_its_step(method: str, path: str, expected: tuple[str, list[str]] | None) -> None:
    assert served(method, path) == expected


def test_head_falls_back_to_get_and_allow_names_both() -> None:
    found = ROUTER.match("/users/me")

    assert found is not None
    assert found[0].find("HEAD") == ("me", ())
    assert found[0].allow() == "GET, HEAD, OPTIONS"


def test_the_first_of_two_with_one_method_and_path_stays() -> None:
    router = routed([("GET", "/a/:x", 1), ("GET", "/a/:y", 2), ("PUT", "/a/:y", 3)])
    found = router.match("/a/b")

    assert found is not None
    assert found[0].methods == {"GET": (1, ("x",)), "PUT": (3, ("y",))}


def test_the_closest_path_is_found() -> None:
    assert ROUTER.closest("/user/me") == "/users/me"
    assert ROUTER.closest("/zzz") is None


@given(
    st.text(
        alphabet=st.characters(min_codepoint=33, exclude_characters="/%\x7f", exclude_categories=("Cs", "Cc"))
    )
)
def test_a_decoded_segment_is_what_was_encoded(text: str) -> None:
    from urllib.parse import quote

    assert decode_segments("/" + quote(text, safe="")) == [text]


@pytest.mark.parametrize("path", ["/%ff", "/%00", "/a%0ab", "/%ed%a0%80"])
def test_bytes_that_are_not_text_are_refused(path: str) -> None:
    with pytest.raises(HttpFault) as caught:
        ROUTER.match(path)

    assert caught.value.http_status == 400
