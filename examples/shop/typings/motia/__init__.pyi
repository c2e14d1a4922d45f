"""The package motia with the steps and topics of this project, of every language, for type checkers.

Written by `motia dev`, `motia install` and `motia types`: do not edit it, but do commit it.
Pyright and Pylance find it here; for mypy write `mypy_path = "typings"`.
"""
# mypy: disable-error-code="overload-overlap,overload-cannot-match,override"
# pyright: reportOverlappingOverload=false, reportIncompatibleVariableOverride=false

from collections.abc import Mapping as _Mapping
from datetime import datetime as _datetime, timedelta as _timedelta
from typing import Any as _Any, Generic as _Generic, Literal as _Literal, Never as _Never
from typing import NotRequired as _NotRequired, TypeAlias as _TypeAlias, TypedDict as _TypedDict
from typing import TypeVar as _TypeVar, Unpack as _Unpack, overload as _overload

from typing_extensions import deprecated as _deprecated

from motia.authoring import Context as _Context
from motia.authoring import (
    CallFailed as CallFailed,
    Fatal as Fatal,
    HttpError as HttpError,
    Receipt as Receipt,
    Request as Request,
    Response as Response,
    RetryAfter as RetryAfter,
    UploadedFile as UploadedFile,
    api as api,
    cron as cron,
    event as event,
    logger as logger,
    noop as noop,
    on_start as on_start,
    on_stop as on_stop,
    response as response,
    span as span,
    sse as sse,
    state as state,
    workflow as workflow,
)
from motia.authoring.context import Motia as _MotiaBase, TriggerInfo as _TriggerInfo

__version__: str

_Payload = _TypeVar("_Payload")

class PayloadDoesNotFit(_Generic[_Payload]):
    """The payload of a `trigger` or `call` is not of the type that its target takes."""

class _Options(_TypedDict, total=False):
    key: str | None
    idempotency_key: str | None
    priority: int | None
    unique: bool | None

class _TriggerOptions(_Options, total=False):
    delay: float | _timedelta | None
    at: _datetime | int | None
    wait: float | bool | _timedelta | None

class _CallOptions(_Options, total=False):
    timeout: float | _timedelta | None

class AnalyzeBehavior(_TypedDict):
    userId: str
    actions: list[_Any]
    metadata: _Mapping[str, _Any]

class ChargeCard(_TypedDict):
    orderId: str
    cents: int

class CountSale(_TypedDict):
    orderId: str
    userId: str
    cents: int

class HandleStepError(_TypedDict):
    stepId: str
    error: HandleStepErrorError
    context: _NotRequired[_Any]
    retryCount: int
    traceId: str
    runId: str

class HandleStepErrorError(_TypedDict):
    name: str
    message: str

class ImportProduct(_TypedDict):
    product: str

class InspectParcel(_TypedDict):
    orderId: str

class NotifyCustomer(_TypedDict):
    orderId: _Any
    userId: _Any

class OrderPlaced(_TypedDict):
    userId: str
    actions: list[_Any]
    metadata: _Mapping[str, _Any]

class OrderShipped(_TypedDict):
    """An order has left the warehouse."""
    orderId: str
    userId: str
    cents: int

RefundCard = _TypedDict("RefundCard", {"orderId": str, "inspect-parcel": RefundCardInspectParcel})

class RefundCardInspectParcel(_TypedDict):
    cents: int

class ReserveStock(_TypedDict):
    orderId: str

class SendWelcomeEmail(_TypedDict):
    userId: str
    email: str
    name: str

class ShipOrder(_TypedDict):
    """A plain function: it runs on a thread, where `state` and `trigger` need no await."""
    orderId: str

class _Trigger:
    @_overload
    def __call__(self, target: _Literal["analyze-behavior"], payload: AnalyzeBehavior, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["analyze-behavior"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[AnalyzeBehavior]: ...
    @_overload
    def __call__(self, target: _Literal["charge-card"], payload: ChargeCard, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["charge-card"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[ChargeCard]: ...
    @_overload
    def __call__(self, target: _Literal["count-sale"], payload: CountSale, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["count-sale"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[CountSale]: ...
    @_overload
    def __call__(self, target: _Literal["escalate-return"], payload: _Mapping[str, _Any] = ..., **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["escalate-return"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[_Mapping[str, _Any]]: ...
    @_overload
    def __call__(self, target: _Literal["handle-step-error"], payload: HandleStepError, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["handle-step-error"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[HandleStepError]: ...
    @_overload
    def __call__(self, target: _Literal["import-product"], payload: ImportProduct, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["import-product"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[ImportProduct]: ...
    @_overload
    def __call__(self, target: _Literal["inspect-parcel"], payload: InspectParcel, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["inspect-parcel"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[InspectParcel]: ...
    @_overload
    def __call__(self, target: _Literal["notify-customer"], payload: NotifyCustomer, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["notify-customer"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[NotifyCustomer]: ...
    @_overload
    def __call__(self, target: _Literal["order.placed"], payload: OrderPlaced, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["order.placed"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[OrderPlaced]: ...
    @_overload
    def __call__(self, target: _Literal["order.shipped"], payload: OrderShipped, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["order.shipped"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[OrderShipped]: ...
    @_overload
    def __call__(self, target: _Literal["refund-card"], payload: RefundCard, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["refund-card"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[RefundCard]: ...
    @_overload
    def __call__(self, target: _Literal["reserve-stock"], payload: ReserveStock, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["reserve-stock"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[ReserveStock]: ...
    @_overload
    def __call__(self, target: _Literal["restock"], payload: _Mapping[str, _Any] = ..., **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["restock"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[_Mapping[str, _Any]]: ...
    @_overload
    def __call__(self, target: _Literal["send-welcome-email"], payload: SendWelcomeEmail, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["send-welcome-email"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[SendWelcomeEmail]: ...
    @_overload
    def __call__(self, target: _Literal["ship-order"], payload: ShipOrder, **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["ship-order"], payload: object = ..., **options: _Unpack[_TriggerOptions]) -> PayloadDoesNotFit[ShipOrder]: ...
    @_overload
    def __call__(self, target: _Literal["daily-report", "notify-refund", "weekly-cleanup"], payload: _Any = ..., **options: _Unpack[_TriggerOptions]) -> Receipt: ...
    @_overload
    def __call__(self, target: str, payload: _Any = ..., **options: _Unpack[_TriggerOptions]) -> Receipt: ...

class _Call:
    @_overload
    def __call__(self, target: _Literal["analyze-behavior"], payload: AnalyzeBehavior, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["analyze-behavior"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[AnalyzeBehavior]: ...
    @_overload
    def __call__(self, target: _Literal["charge-card"], payload: ChargeCard, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["charge-card"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[ChargeCard]: ...
    @_overload
    def __call__(self, target: _Literal["count-sale"], payload: CountSale, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["count-sale"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[CountSale]: ...
    @_overload
    def __call__(self, target: _Literal["escalate-return"], payload: _Mapping[str, _Any] = ..., **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["escalate-return"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[_Mapping[str, _Any]]: ...
    @_overload
    def __call__(self, target: _Literal["handle-step-error"], payload: HandleStepError, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["handle-step-error"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[HandleStepError]: ...
    @_overload
    def __call__(self, target: _Literal["import-product"], payload: ImportProduct, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["import-product"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[ImportProduct]: ...
    @_overload
    def __call__(self, target: _Literal["inspect-parcel"], payload: InspectParcel, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["inspect-parcel"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[InspectParcel]: ...
    @_overload
    def __call__(self, target: _Literal["notify-customer"], payload: NotifyCustomer, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["notify-customer"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[NotifyCustomer]: ...
    @_overload
    def __call__(self, target: _Literal["order.placed"], payload: OrderPlaced, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["order.placed"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[OrderPlaced]: ...
    @_overload
    def __call__(self, target: _Literal["order.shipped"], payload: OrderShipped, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["order.shipped"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[OrderShipped]: ...
    @_overload
    def __call__(self, target: _Literal["refund-card"], payload: RefundCard, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["refund-card"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[RefundCard]: ...
    @_overload
    def __call__(self, target: _Literal["reserve-stock"], payload: ReserveStock, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["reserve-stock"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[ReserveStock]: ...
    @_overload
    def __call__(self, target: _Literal["restock"], payload: _Mapping[str, _Any] = ..., **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["restock"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[_Mapping[str, _Any]]: ...
    @_overload
    def __call__(self, target: _Literal["send-welcome-email"], payload: SendWelcomeEmail, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["send-welcome-email"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[SendWelcomeEmail]: ...
    @_overload
    def __call__(self, target: _Literal["ship-order"], payload: ShipOrder, **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    @_deprecated("the payload does not fit the target")
    def __call__(self, target: _Literal["ship-order"], payload: object = ..., **options: _Unpack[_CallOptions]) -> PayloadDoesNotFit[ShipOrder]: ...
    @_overload
    def __call__(self, target: _Literal["daily-report", "notify-refund", "weekly-cleanup"], payload: _Any = ..., **options: _Unpack[_CallOptions]) -> _Any: ...
    @_overload
    def __call__(self, target: str, payload: _Any = ..., **options: _Unpack[_CallOptions]) -> _Any: ...

class _Motia(_MotiaBase):
    trigger: _Trigger
    call: _Call

class _ContextTrigger(_Trigger, _TriggerInfo): ...

class Context(_Context):
    trigger: _ContextTrigger
    @property
    def motia(self) -> _Motia: ...

trigger: _Trigger
call: _Call
motia: _Motia
