from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from motia.model import TopicSpec
from motia.project import TopicReader, Topics, discover

ORDER = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}


def read(root: Path, **files: Any) -> Topics:
    for name, content in files.items():
        write(root, name, content)
    return TopicReader(root, os.environ).read(discover(root).events)


def write(root: Path, name: str, content: Any) -> Path:
    path = root / "motia" / "events" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def schema_of(topic: TopicSpec) -> Any:
    return msgspec.json.decode(topic.schema)


def test_a_json_file_defines_the_topic_of_its_name(tmp_path: Path) -> None:
    found = read(tmp_path, **{"shop/order.placed.json": {**ORDER, "description": "An order."}})

    (topic,) = found.topics
    assert (topic.name, topic.language, topic.description) == ("order.placed", "json", "An order.")
    assert topic.source.file == "motia/events/shop/order.placed.json"
    assert schema_of(topic)["required"] == ["id"]
    assert found.faults == ()


def test_a_json_file_may_name_another_topic(tmp_path: Path) -> None:
    (topic,) = read(tmp_path, **{"placed.json": {**ORDER, "topic": "shop/order:placed"}}).topics

    assert topic.name == "shop/order:placed"
    assert "topic" not in schema_of(topic)


def test_a_python_file_defines_its_own_topic_and_others(tmp_path: Path) -> None:
    write(tmp_path, "_money.py", "Cents = int\n")
    text = (
        "from dataclasses import dataclass\n"
        "from events._money import Cents\n"
        "@dataclass\n"
        "class Order:\n"
        "    id: str\n"
        "    total: Cents\n"
        "schema = Order\n"
        "events = {\n"
        "    'order.paid': {'id': str},\n"
        "}\n"
    )

    found = read(tmp_path, **{"order.placed.py": text})

    assert [(topic.name, topic.source.line) for topic in found.topics] == [
        ("order.paid", 9),
        ("order.placed", 7),
    ]
    assert found.faults == ()
    assert "motia/events/_money.py" in found.modules


@pytest.mark.parametrize(
    ("name", "content", "code", "line", "words"),
    [
        ("a.json", '{\n  "type": "object",\n}', "syntax-error", 3, "this is no JSON"),
        ("a.json", "[1]", "syntax-error", 1, "no JSON Schema but a list"),
        ("a.json", '{"const": NaN}', "syntax-error", 1, "NaN is no value of JSON"),
        ("a.json", {"type": "objekt"}, "invalid-schema", 1, "is no type of JSON Schema"),
        ("a.json", {"$ref": "other.json"}, "invalid-schema", 1, "outside the schema"),
        ("a.json", {**ORDER, "$id": "order.paid"}, "topic-mismatch", 1, "its $id says 'order.paid'"),
        ("a.json", {**ORDER, "title": "order.paid"}, "topic-mismatch", 1, "its title says 'order.paid'"),
        ("a b.json", ORDER, "invalid-topic", 1, "white space"),
        ("a.yaml", "type: object", "unknown-event-file", 0, "no event definition that can be read"),
        ("a.py", "x = 1", "no-event", 0, "defines no topic"),
        ("a.py", "x = 1\nraise ValueError('bad day')", "load-error", 2, "ValueError: bad day"),
        ("a.py", "schema = {\n", "syntax-error", 1, "never closed"),
        ("a.py", "import nowhere_at_all", "import-error", 1, "nowhere_at_all"),
        ("a.py", "x = 1\nschema = {'id': 5}", "invalid-schema", 2, "no JSON form"),
        ("a.py", "events = [1]", "invalid-schema", 1, "`events` is list"),
        ("a.py", "schema = None", "invalid-schema", 1, "is None, not a schema"),
    ],
)
def test_a_file_at_fault_is_named_with_its_line(
    tmp_path: Path, name: str, content: Any, code: str, line: int, words: str
) -> None:
    found = read(tmp_path, **{name: content, "sound.json": ORDER})

    (fault,) = found.faults
    assert (fault.code, fault.file, fault.line) == (code, f"motia/events/{name}", line)
    assert words in fault.message
    assert fault.hint
    assert [topic.name for topic in found.topics] == ["sound"]


@pytest.mark.parametrize(
    "more", [{"$id": "https://example.com/v2/order"}, {"$id": "a"}, {"$id": "a.json"}, {"title": "An order"}]
)
def test_names_that_do_not_contradict_are_left_alone(tmp_path: Path, more: dict[str, str]) -> None:
    assert read(tmp_path, **{"a.json": {**ORDER, **more}}).faults == ()


def test_two_definitions_of_one_topic_name_both_places(tmp_path: Path) -> None:
    found = read(tmp_path, **{"a.json": ORDER, "b.py": "events = {'a': {'id': str}}"})

    (fault,) = found.faults
    assert (fault.code, fault.file, fault.also) == (
        "duplicate-topic",
        "motia/events/b.py",
        "motia/events/a.json:1",
    )
    assert [topic.language for topic in found.topics] == ["json"]


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    found = read(tmp_path, **{"README.md": "# Events", "types.d.ts": "export {}", "_help.py": "x = 1"})

    assert found.topics == ()
    assert found.faults == ()


def test_a_file_is_evaluated_again_only_when_what_it_read_changed(tmp_path: Path) -> None:
    write(tmp_path, "_part.py", "PART = {'id': str}\n")
    text = "import os\nopen('times', 'a').write('x')\nfrom events._part import PART\nschema = PART\n"
    write(tmp_path, "a.py", text)
    reader, files = TopicReader(tmp_path, os.environ), discover(tmp_path).events

    first = reader.read(files)
    again = reader.read(files)
    write(tmp_path, "_part.py", "PART = {'id': str, 'total': float}\n")
    changed = reader.read(files)

    assert first == again
    assert (tmp_path / "times").read_text() == "xx"
    assert set(schema_of(changed.topics[0])["properties"]) == {"id", "total"}


def test_another_environment_means_to_evaluate_again(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "import os\nschema = {os.environ['FIELD']: str}\n")
    reader = TopicReader(tmp_path, {**os.environ, "FIELD": "one"})
    (first,) = reader.read(discover(tmp_path).events).topics

    reader.use_environ({**os.environ, "FIELD": "two"})
    (second,) = reader.read(discover(tmp_path).events).topics

    assert [list(schema_of(topic)["properties"]) for topic in (first, second)] == [["one"], ["two"]]


def test_a_file_that_breaks_keeps_what_it_defined_until_it_is_gone(tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", ORDER)
    reader = TopicReader(tmp_path, os.environ)
    good = reader.read(discover(tmp_path).events)

    path.write_text("{")
    broken = reader.read(discover(tmp_path).events)
    path.unlink()
    gone = reader.read(discover(tmp_path).events)

    assert (broken.topics, len(broken.faults)) == (good.topics, 1)
    assert gone == Topics()


def test_a_file_that_ends_its_process_costs_no_other_its_topics(tmp_path: Path) -> None:
    found = read(tmp_path, **{"a.py": "import os\nos._exit(3)", "b.json": ORDER, "c.py": f"schema = {ORDER}"})

    (fault,) = found.faults
    assert (fault.code, fault.file) == ("events-not-read", "motia/events/a.py")
    assert "status 3" in fault.message
    assert [topic.name for topic in found.topics] == ["b", "c"]


ZOD_LIKE = """
const text = { '~standard': {
  version: 1, vendor: 'own', validate: (value: unknown) => ({ value }),
  jsonSchema: { input: () => ({ type: 'string' }), output: () => ({ type: 'string' }) },
} };
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("order.placed.js", "module.exports = { type: 'object', required: ['id'] };\n"),
        ("order.placed.cjs", "exports.schema = { type: 'object', required: ['id'] };\n"),
        ("any.cjs", "exports.events = { 'order.placed': { type: 'object', required: ['id'] } };\n"),
        ("order.placed.mjs", "export const schema = { type: 'object', required: ['id'] };\n"),
        (
            "order.placed.ts",
            "const schema: object = { type: 'object', required: ['id'] };\nexport default schema;\n",
        ),
        (
            "any.ts",
            "export const events = { 'order.placed': { type: 'object', required: ['id'] } } as const;\n",
        ),
        ("order.placed.rb", "puts 'noise'\n{ id: String }\n"),
        ("any.rb", "EVENTS = { 'order.placed' => { id: String } }\n"),
    ],
)
def test_files_of_other_languages_define_topics(
    tmp_path: Path, needs: Callable[..., None], name: str, text: str
) -> None:
    language = "ruby" if name.endswith(".rb") else "node"
    needs(language)

    found = read(tmp_path, **{name: text})

    assert found.faults == ()
    (topic,) = found.topics
    assert (topic.name, topic.language, schema_of(topic)["required"]) == ("order.placed", language, ["id"])
    assert f"motia/events/{name}" in found.modules


def test_a_schema_of_a_library_is_taken_in_its_json_form(tmp_path: Path, needs: Callable[..., None]) -> None:
    needs("node")

    found = read(
        tmp_path, **{"a.ts": ZOD_LIKE + "export default text;\nexport const events = { b: text };\n"}
    )

    assert found.faults == ()
    assert [(topic.name, schema_of(topic)["type"]) for topic in found.topics] == [
        ("a", "string"),
        ("b", "string"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "code", "line"),
    [
        ("a.ts", "const a: number = 1;\nthrow new Error('bad day');\n", "load-error", 2),
        ("a.ts", "export default {\n  type: 'object'\n  required: []\n};\n", "syntax-error", 3),
        ("a.js", "module.exports = 5;\n", "invalid-schema", 1),
        ("a.js", "exports.events = { b: () => 1 };\n", "invalid-schema", 1),
        ("a.ts", "export const helper = 1;\n", "no-event", 0),
        ("a.rb", "x = 1\nraise 'bad day'\n", "load-error", 2),
        ("a.rb", "def help; end\n", "no-event", 0),
    ],
)
def test_faults_of_other_languages_have_their_place(
    tmp_path: Path, needs: Callable[..., None], name: str, text: str, code: str, line: int
) -> None:
    needs("ruby" if name.endswith(".rb") else "node")

    (fault,) = read(tmp_path, **{name: text}).faults

    assert (fault.code, fault.file, fault.line) == (code, f"motia/events/{name}", line)
    assert fault.hint
