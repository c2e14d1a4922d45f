"""Definitions of topics: what the files below motia/events say, in every language.

A JSON file is the JSON Schema of the topic that it is named after; files of other languages export
theirs and are evaluated apart. Folders only group: `motia/events/shop/order.placed.json` is
`order.placed`.

Invariants
1. Never raises for a fault of the project; a file that cannot be read costs no other its topics.
2. Nothing is evaluated twice while the files that were read are the same on disk.
3. A file that cannot be read now keeps the definitions that it had.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from motia.model import LoadFault, Source, TopicSpec
from motia.project.discovery import language_of
from motia.project.evaluation import Export, FileExports
from motia.project.evaluator import Evaluator
from motia.project.names import NAME_HINT, name_reason
from motia.project.schemas import SchemaInvalid, compile_schema
from motia.project.topic_files import JSON, read_json, spec_of, topic_of

SINGLE: Final = "default"
SCHEMA: Final = "schema"
SEVERAL: Final = "events"
_FOREIGN: Final = (".yaml", ".yml", ".json5", ".jsonc", ".toml", ".jsx", ".tsx")
_WAYS: Final = {
    "python": "schema = {…} at its top level, or events = {'topic': {…}}",
    "node": "export default a schema, or export const events = { 'topic': schema }",
    "ruby": "let the file end with a schema, or set EVENTS = { 'topic' => schema }",
}


class Topics(msgspec.Struct, frozen=True, kw_only=True):
    """What motia/events defines."""

    topics: tuple[TopicSpec, ...] = ()
    """By name; of two definitions of one topic the first."""
    faults: tuple[LoadFault, ...] = ()
    modules: tuple[str, ...] = ()
    """Project files that were read: a change of one means to read again."""


class TopicReader:
    """Reads definitions again and again, evaluating only what changed. One per engine."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        """Read for the project at `root`; `environ` is what evaluated files get."""
        self._root = root
        self._evaluator = Evaluator(root, environ, code="events-not-read", what="event definitions")
        self._good: tuple[TopicSpec, ...] = ()

    def use_environ(self, environ: Mapping[str, str]) -> None:
        """Give evaluated files this environment from now on; all are evaluated again."""
        self._evaluator.use_environ(environ)

    def read(self, files: Sequence[str]) -> Topics:
        """The topics that `files` (below motia/events, relative to the root) define. Blocks."""
        by_language: dict[str, list[str]] = {}
        faults: list[LoadFault] = []
        for file in files:
            language = JSON if file.endswith(".json") else language_of(file)
            if language is not None:
                by_language.setdefault(language, []).append(file)
            elif file.endswith(_FOREIGN):
                faults.append(_foreign(file))
        found: list[TopicSpec] = []
        modules: set[str] = set()
        for language, names in by_language.items():
            if language == JSON:
                for file in names:
                    found += read_json(self._root, file, faults)
            else:
                evaluated = self._evaluator.evaluate(language, names, faults)
                modules.update(evaluated.read)
                for file in names:
                    answer = evaluated.files.get(file)
                    if answer is None:
                        continue  # none of its language could be read: that is one fault
                    found += _read_exports(file, language, answer, faults)
        topics = self._good = self._with_last_good(_unique(found, faults), files, faults)
        return Topics(topics=topics, faults=tuple(faults), modules=tuple(sorted(modules)))

    def _with_last_good(
        self, topics: tuple[TopicSpec, ...], files: Sequence[str], faults: list[LoadFault]
    ) -> tuple[TopicSpec, ...]:
        faulty = {fault.file for fault in faults if fault.severity == "error"} & set(files)
        names = {topic.name for topic in topics}
        kept = [one for one in self._good if one.source.file in faulty and one.name not in names]
        return tuple(sorted((*topics, *kept), key=lambda topic: topic.name))


def _unique(found: Iterable[TopicSpec], faults: list[LoadFault]) -> tuple[TopicSpec, ...]:
    topics: dict[str, TopicSpec] = {}
    for topic in sorted(found, key=lambda one: (one.source.file, one.source.line, one.name)):
        reason = name_reason(topic.name)
        other = topics.get(topic.name)
        if reason:
            faults.append(
                _fault(topic.source, "invalid-topic", f"the topic {topic.name[:80]!r} {reason}", NAME_HINT)
            )
        elif other is not None:
            faults.append(
                _fault(
                    topic.source,
                    "duplicate-topic",
                    f"the topic {topic.name!r} is defined twice: {place_of(other)} has it too, and that one is used",
                    "remove one of the two definitions",
                    also=place_of(other),
                )
            )
        elif _is_sound(topic, faults):
            topics[topic.name] = topic
    return tuple(topics[name] for name in sorted(topics))


def _is_sound(topic: TopicSpec, faults: list[LoadFault]) -> bool:
    try:
        compile_schema(bytes(topic.schema))
    except SchemaInvalid as error:
        message = f"the schema of topic {topic.name!r} is no usable JSON Schema: {error}"
        hint = 'write JSON Schema (draft 2020-12), such as {"type": "object", "properties": {"id": {"type": "string"}}}'
        faults.append(_fault(topic.source, "invalid-schema", message, hint))
        return False
    return True


def place_of(topic: TopicSpec) -> str:
    """`file:line` of a definition."""
    return f"{topic.source.file}:{topic.source.line}"


def _fault(source: Source, code: str, message: str, hint: str, *, also: str = "") -> LoadFault:
    return LoadFault(code=code, file=source.file, line=source.line, message=message, hint=hint, also=also)


def _foreign(file: str) -> LoadFault:
    return LoadFault(
        code="unknown-event-file",
        file=file,
        message=f"{file} is no event definition that can be read",
        hint="write it as JSON Schema in a .json file, or in a .py, .ts, .js or .rb file",
        severity="warning",
    )


# files of other languages


def _read_exports(
    file: str, language: str, answer: FileExports, faults: list[LoadFault]
) -> Iterator[TopicSpec]:
    if answer.error is not None:
        faults.append(msgspec.structs.replace(answer.error, file=answer.error.file or file))
        return
    exports = answer.exports
    several = exports.get(SEVERAL)
    single = exports.get(SINGLE)
    if single is None or not (_members(single) or {}).keys().isdisjoint(exports.keys() & {SEVERAL, SCHEMA}):
        # CommonJS has all its exports in `default` as well.
        single = exports.get(SCHEMA)
    if single is None and several is None:
        if not os.path.basename(file).startswith("_"):
            faults.append(_defines_nothing(file, language))
        return
    if single is not None:
        yield from _of_export(topic_of(file), single, file=file, language=language, faults=faults)
    if several is not None:
        members = _members(several)
        if members is None:
            message = f"`{SEVERAL}` is {several.other or 'no object'}, not an object of topic to schema"
            faults.append(
                LoadFault(
                    code="invalid-schema", file=file, line=several.line, message=message, hint=_WAYS[language]
                )
            )
            return
        for name, export in members.items():
            if not export.line:
                export = msgspec.structs.replace(export, line=several.line)
            yield from _of_export(name, export, file=file, language=language, faults=faults)


def _members(export: Export) -> dict[str, Export] | None:
    if export.map is not None:
        return export.map
    try:
        inner = msgspec.json.decode(export.json or b"null", type=dict[str, msgspec.Raw])
    except msgspec.MsgspecError:
        return None
    return {name: Export(json=value, line=export.line) for name, value in inner.items()}


def _of_export(
    topic: str, export: Export, *, file: str, language: str, faults: list[LoadFault]
) -> Iterator[TopicSpec]:
    schema = export.schema or export.json
    if schema is None or not bytes(schema).lstrip().startswith(b"{"):
        what = export.other or ("an object" if export.map is not None else "no schema")
        faults.append(
            LoadFault(
                code="invalid-schema",
                file=file,
                line=export.line or 1,
                message=f"what defines the topic {topic!r} is {what}, not a schema",
                hint=_WAYS[language],
            )
        )
        return
    yield spec_of(topic, bytes(schema), file=file, line=export.line or 1, language=language)


def _defines_nothing(file: str, language: str) -> LoadFault:
    return LoadFault(
        code="no-event",
        file=file,
        message=f"{file} defines no topic",
        hint=f"write {_WAYS[language]}; a file that only helps others begins with _ or lies elsewhere",
        severity="warning",
    )
