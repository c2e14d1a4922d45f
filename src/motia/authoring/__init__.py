"""The authoring library: everything that an author's code imports, and what a worker needs to run it."""

from motia.authoring.calls import Receipt, call, trigger
from motia.authoring.context import Context, context_of, motia
from motia.authoring.encoding import decode_json, encode_json, lenient_json
from motia.authoring.errors import (
    CallFailed,
    InputInvalid,
    InvocationOver,
    NotInHandler,
    StepFault,
    ValueNotJson,
    remote_error,
)
from motia.authoring.invocation import Invocation, Port, current
from motia.authoring.logger import logger
from motia.authoring.outcomes import Cancelled, Fatal, HttpError, Outcome, RetryAfter
from motia.authoring.registry import Collector, Hook, StepDefinition, activate, deactivate
from motia.authoring.request import Request, UploadedFile
from motia.authoring.response import (
    Response,
    encode_body,
    encode_piece,
    is_stream,
    response,
    response_of,
    sse,
)
from motia.authoring.schemas import SchemaUnreadable, form_of
from motia.authoring.spans import span
from motia.authoring.state import state
from motia.authoring.steps import api, cron, event, noop, on_start, on_stop
from motia.authoring.workflows import collect_workflows, workflow

__all__ = [
    "CallFailed",
    "Cancelled",
    "Collector",
    "Context",
    "Fatal",
    "Hook",
    "HttpError",
    "InputInvalid",
    "Invocation",
    "InvocationOver",
    "NotInHandler",
    "Outcome",
    "Port",
    "Receipt",
    "Request",
    "Response",
    "RetryAfter",
    "SchemaUnreadable",
    "StepDefinition",
    "StepFault",
    "UploadedFile",
    "ValueNotJson",
    "activate",
    "api",
    "call",
    "collect_workflows",
    "context_of",
    "cron",
    "current",
    "deactivate",
    "decode_json",
    "encode_body",
    "encode_json",
    "encode_piece",
    "event",
    "form_of",
    "is_stream",
    "lenient_json",
    "logger",
    "motia",
    "noop",
    "on_start",
    "on_stop",
    "remote_error",
    "response",
    "response_of",
    "span",
    "sse",
    "state",
    "trigger",
    "workflow",
]
