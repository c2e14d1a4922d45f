"""Functions of TypeScript and Ruby."""

from __future__ import annotations

import pytest
from tools.tidy.functions import ruby_functions, typescript_functions


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("function f() {\n}", "f"),
        ("export async function f(a: { b: string }, c = {}) {\n}", "f"),
        ("function f<T extends object>(a: T): Promise<{ b: T }> {\n}", "f"),
        ("function f(a): a is string {\n}", "f"),
        ("function f(): { a: number } {\n}", "f"),
        ("const f = async (a) => {\n}", "f"),
        ("const f = (a: string): void => {\n}", "f"),
        ("class A { async f(a: string): Promise<void> {\n} }", "f"),
        ("class A { constructor() {\n} }", "constructor"),
        ("const a = { f(b) {\n} }", "f"),
        ("const a = { f: function (b) {\n} }", "f"),
        ("run(() => {\n})", "(anonymous)"),
    ],
)
def test_a_function_with_a_body_is_found_however_it_is_written(text: str, name: str) -> None:
    (function,) = typescript_functions(text)

    assert (function.name, function.line, function.lines) == (name, 1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "if (a) {\n}", "for (const a of b) {\n}", "switch (a) {\n}", "try {} catch (a) {\n}",
        "interface A { f(): void; g(a: string): { b: number } }", "f({ a: 1 })", "const a = (b) => b",
        "type A = (b: string) => void\nconst c = {}", "// function f() {\n// }", "`function f() {\n}`",
        "class A {\n b = c(1)\n}",
    ],
)  # fmt: skip
def test_what_is_no_function_is_not_found(text: str) -> None:
    assert list(typescript_functions(text)) == []


def test_functions_within_others_are_found_too() -> None:
    text = "function outer() {\n  const inner = () => {\n  }\n  return `${inner()}`\n}\n"

    assert [(f.name, f.line, f.lines) for f in typescript_functions(text)] == [
        ("outer", 1, 5),
        ("inner", 2, 2),
    ]


def test_ruby_methods_are_found_with_their_ends() -> None:
    text = (
        "module A\n  def self.f(a)\n    while a do a = nil end\n  end\n"
        "  def g = 1\n  # def h\n  def ==(other)\n    true if other\n  end\nend\n"
    )

    assert [(f.name, f.line, f.lines) for f in ruby_functions(text)] == [("f", 2, 3), ("==", 7, 3)]
