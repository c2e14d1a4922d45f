"""Running handlers: async ones as a task, plain ones on a thread, generators as streams.

Invariants
1. Every invocation handed to `start` is answered through `answer` exactly once, whatever its handler
   does: SystemExit and KeyboardInterrupt are failures of the run like any other.
2. The handler runs with `current` set to its invocation.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from motia.authoring import (
    Fatal,
    Request,
    Response,
    StepDefinition,
    UploadedFile,
    context_of,
    current,
    encode_piece,
    is_stream,
    response_of,
)
from motia.model import StepKind
from motia.protocol import Chunk, Failure, Invoke, Result, encode_frame
from motia.python_worker.answers import failure_frame, failure_of, response_frame, result_frame
from motia.python_worker.running import Running
from motia.python_worker.streams import Outflow

FIRST_ITEM_GRACE_S = 0.05
"""How long the headers of a stream wait for its first item, so that an early error still sets the status."""

Answer = Callable[[Running, bytes], None]
_ns = time.perf_counter_ns


class Runner:
    """Runs handlers for one worker."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        answer: Answer,
        send: Callable[[bytes], None],
        post: Callable[..., None],
    ) -> None:
        """`answer` ends an invocation, `send` sends a frame before that, `post` reaches the loop from a thread."""
        self._loop = loop
        self._answer = answer
        self._send = send
        self._post = post
        self.threads: ThreadPoolExecutor | None = None
        self.root = ""
        self.payload_bytes_max = 1_048_576
        self.stack_bytes_max = 65_536

    def start(self, running: Running, message: Invoke, blob: bytes) -> None:
        """Run the handler of an invocation."""
        definition = running.definition
        if definition.spec.kind is StepKind.API:
            if definition.form == "plain" and not definition.middleware:
                self._on_thread(running, self._api_blocking, message, blob)
            else:
                running.task = self._loop.create_task(self._api(running, message, blob))
        elif definition.form == "async":
            running.task = self._loop.create_task(self._event(running, message.payload))
        else:
            self._on_thread(running, self._event_blocking, message.payload)

    async def _event(self, running: Running, payload: msgspec.Raw) -> None:
        current.set(running)
        running.is_entered = True
        running.entered_ns = _ns()
        definition = running.definition
        try:
            args, kwargs = definition.bind(payload, running)  # type: ignore[misc]  # an event step has one
            value = await definition.function(*args, **kwargs)  # type: ignore[misc]  # so it has a function
            frame = self._result(running, value)
        except BaseException as error:
            frame = self._failure(running, error)
        self._answer(running, frame)

    def _event_blocking(self, running: Running, payload: msgspec.Raw) -> None:
        definition = running.definition
        try:
            args, kwargs = definition.bind(payload, running)  # type: ignore[misc]  # see _event
            frame = self._result(running, definition.function(*args, **kwargs))  # type: ignore[misc]
        except BaseException as error:
            frame = self._failure(running, error)
        self._post(self._answer, running, frame)

    async def _api(self, running: Running, message: Invoke, blob: bytes) -> None:
        current.set(running)
        running.is_entered = True
        running.entered_ns = _ns()
        try:
            request = request_of(message, blob)
            answer = await self._through(running, request, 0)
            if is_stream(answer.body):
                await self._stream(running, answer)
                return
            frame = self._response(running, answer)
        except BaseException as error:
            frame = self._failure(running, error)
        self._answer(running, frame)

    def _api_blocking(self, running: Running, message: Invoke, blob: bytes) -> None:
        definition = running.definition
        try:
            args, kwargs = definition.bind_request(request_of(message, blob), running)  # type: ignore[misc]
            answer = response_of(definition.function(*args, **kwargs))  # type: ignore[misc]
            if is_stream(answer.body):
                self._post(self._start_stream, running, answer)
                return
            frame = self._response(running, answer)
        except BaseException as error:
            frame = self._failure(running, error)
        self._post(self._answer, running, frame)

    async def _through(self, running: Running, request: Request, index: int) -> Response:
        """The answer of the middleware from `index` on, and of the handler behind it."""
        definition = running.definition
        if index == len(definition.middleware):
            return await self._endpoint(definition, running, request)
        passed: list[Response] = []

        async def proceed(changed: Request | None = None) -> Response:
            passed.append(await self._through(running, changed or request, index + 1))
            return passed[-1]

        middleware = definition.middleware[index]
        if asyncio.iscoroutinefunction(middleware):
            value = await middleware(request, context_of(running), proceed)
        else:

            def proceed_blocking(changed: Request | None = None) -> Response:
                return asyncio.run_coroutine_threadsafe(proceed(changed), self._loop).result()

            value = await self._in_thread(middleware, request, context_of(running), proceed_blocking)
            if asyncio.iscoroutine(value):
                value = await value
        # A middleware that forgets to return the answer it waited for means that answer.
        return passed[-1] if value is None and passed else response_of(value)

    async def _endpoint(self, definition: StepDefinition, running: Running, request: Request) -> Response:
        args, kwargs = definition.bind_request(request, running)  # type: ignore[misc]  # an api step has one
        function: Any = definition.function
        if definition.form == "async":
            return response_of(await function(*args, **kwargs))
        if definition.form == "plain":
            return response_of(await self._in_thread(function, *args, **kwargs))
        return response_of(function(*args, **kwargs))

    async def _in_thread(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a plain function. Cancelled, it still waits for the thread: its answer is the answer."""
        assert self.threads is not None
        future = self.threads.submit(_contained, function, args, kwargs)
        wrapped = asyncio.wrap_future(future)
        try:
            return await asyncio.shield(wrapped)
        except asyncio.CancelledError:
            if future.cancel():
                raise
            await asyncio.wait([wrapped])
            return wrapped.result()

    def _on_thread(self, running: Running, work: Callable[..., None], *args: Any) -> None:
        assert self.threads is not None
        running.future = self.threads.submit(_enter, running, work, args)

    def _start_stream(self, running: Running, answer: Response) -> None:
        running.task = self._loop.create_task(self._stream_entered(running, answer))

    async def _stream_entered(self, running: Running, answer: Response) -> None:
        current.set(running)
        if running.cancel_reason:
            self._answer(running, self._failure(running, asyncio.CancelledError()))
            return
        await self._stream(running, answer)

    async def _stream(self, running: Running, answer: Response) -> None:
        """Send a streamed response; its `result` leaves with the first item or after a short grace."""
        has_begun = False

        def begin() -> None:
            nonlocal has_begun
            if not has_begun:
                has_begun = True
                handler_us, wait_us = _times(running)
                headers = answer.headers
                if answer.header("content-type") is None:
                    headers = (("content-type", "application/octet-stream"), *headers)
                head = Result(
                    invocation=running.number,
                    status=answer.status,
                    headers=headers,
                    stream=True,
                    handler_us=handler_us,
                    wait_us=wait_us,
                )
                self._send(encode_frame(head))

        async def write(item: Any) -> None:
            piece = encode_piece(item, is_sse=answer.is_sse, what=f"the stream of step {running.step!r}")
            begin()
            await outflow.write(piece)

        outflow = running.outflow = Outflow(
            lambda piece: self._send(encode_frame(Chunk(invocation=running.number), piece))
        )
        grace = self._loop.call_later(FIRST_ITEM_GRACE_S, begin)
        try:
            if isinstance(answer.body, AsyncIterator):
                await _pump(answer.body, write)
            else:
                await self._in_thread(self._pump_blocking, running, answer.body, write)
            begin()
            last = encode_frame(Chunk(invocation=running.number, last=True))
        except BaseException as error:
            last = self._broken(running, error) if has_begun else self._failure(running, error)
        finally:
            grace.cancel()
        self._answer(running, last)

    def _pump_blocking(self, running: Running, items: Iterator[Any], write: Callable[[Any], Any]) -> None:
        try:
            for item in items:
                if running.cancel_reason:
                    return
                asyncio.run_coroutine_threadsafe(write(item), self._loop).result()
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def _broken(self, running: Running, error: BaseException) -> bytes:
        failure = failure_of(running, error, root=self.root, stack_bytes_max=self.stack_bytes_max)
        text = f"{failure.name}: {failure.message}"
        if failure.kind != "cancelled":
            running.port.log(
                running, "error", f"the stream ended broken: {text}\n{failure.stack}", None, "logger"
            )
        return encode_frame(Chunk(invocation=running.number, last=True, error=text))

    def _result(self, running: Running, value: Any) -> bytes:
        handler_us, wait_us = _times(running)
        return result_frame(
            running, value, handler_us=handler_us, wait_us=wait_us, bytes_max=self.payload_bytes_max
        )

    def _response(self, running: Running, answer: Response) -> bytes:
        handler_us, wait_us = _times(running)
        return response_frame(running, answer, handler_us=handler_us, wait_us=wait_us)

    def _failure(self, running: Running, error: BaseException) -> bytes:
        handler_us, wait_us = _times(running)
        return failure_frame(
            running,
            error,
            root=self.root,
            stack_bytes_max=self.stack_bytes_max,
            handler_us=handler_us,
            wait_us=wait_us,
        )


def request_of(message: Invoke, blob: bytes) -> Request:
    """The request of an api invocation.

    Raises:
        Fatal: The invocation has none.
    """
    raw = message.request
    if raw is None:
        raise Fatal(
            f"the api step {message.step!r} runs for a request, and this {message.kind} invocation has none"
        )
    return Request(
        method=raw.method,
        url=raw.url,
        path=raw.path,
        params=raw.params,
        query=raw.query,
        headers=raw.headers,
        media=raw.media,
        form=raw.form,
        files=tuple(
            UploadedFile(
                name=part.name,
                filename=part.filename,
                content_type=part.content_type,
                body=blob,
                offset=part.offset,
                length=part.length,
            )
            for part in raw.files
        ),
        client=raw.client,
        raw=blob,
    )


def not_loaded(message: Invoke) -> bytes:
    """The answer to an invocation of a step that is not here."""
    return encode_frame(
        Failure(
            invocation=message.invocation,
            name="NotLoaded",
            message=f"this worker has not loaded a step {message.step!r}",
            kind="not_loaded",
        )
    )


def cancelled_early(running: Running, reason: str) -> bytes:
    """The answer to an invocation that was cancelled before its handler was entered."""
    return encode_frame(
        Failure(invocation=running.number, name="Cancelled", message=f"cancelled: {reason}", kind="cancelled")
    )


def _enter(running: Running, work: Callable[..., None], args: tuple[Any, ...]) -> None:
    current.set(running)
    running.is_entered = True
    running.entered_ns = _ns()
    work(running, *args)


def _contained(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        return function(*args, **kwargs)
    except StopIteration as error:
        raise RuntimeError("the function raised StopIteration") from error


async def _pump(items: AsyncIterator[Any], write: Callable[[Any], Any]) -> None:
    try:
        async for item in items:
            await write(item)
    finally:
        close = getattr(items, "aclose", None)
        if close is not None:
            await close()


def _times(running: Running) -> tuple[int, int]:
    now = _ns()
    entered = running.entered_ns or now
    return (now - entered) // 1_000, max(entered - running.read_ns, 0) // 1_000
