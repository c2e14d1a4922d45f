"""Steps and topics of every kind, made from plain values."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from motia.model import RequestSchemas, Source, StepId, StepKind, StepSpec, TopicSpec
from motia.project import Catalog


class Maker:
    """Makes catalogs."""

    def raw(self, schema: Any) -> msgspec.Raw:
        """A schema as it travels."""
        return msgspec.Raw(msgspec.json.encode(schema))

    def step(
        self, name: str, kind: StepKind = StepKind.EVENT, *, schema: Any = None, **more: Any
    ) -> StepSpec:
        """A step in motia/steps/a.rb."""
        given = {} if schema is None else {"schema": self.raw(schema)}
        return StepSpec(
            id=StepId(name),
            kind=kind,
            language="ruby",
            source=Source(file="motia/steps/a.rb"),
            **given,
            **more,
        )

    def api(self, name: str, **parts: Any) -> StepSpec:
        """An api step with schemas of its parts."""
        request = RequestSchemas(**{part: self.raw(schema) for part, schema in parts.items()})
        return self.step(name, StepKind.API, method="POST", path="/a", request=request)

    def topic(self, name: str, schema: Any, **more: Any) -> TopicSpec:
        """The definition of a topic."""
        return TopicSpec(
            name=name, schema=self.raw(schema), source=Source(file=f"motia/events/{name}.json"), **more
        )

    def catalog(self, *nouns: StepSpec | TopicSpec) -> Catalog:
        """All of them."""
        steps = [one for one in nouns if isinstance(one, StepSpec)]
        return Catalog(steps, topics=[one for one in nouns if isinstance(one, TopicSpec)])


@pytest.fixture
def make() -> Maker:
    """Makes catalogs."""
    return Maker()
