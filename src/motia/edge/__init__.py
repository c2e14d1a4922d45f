"""HTTP in: connections, routing, validation, responses, streams, limits, idempotency, OpenAPI."""

from motia.edge.edge import Edge
from motia.edge.openapi import openapi_document

__all__ = ["Edge", "openapi_document"]
