/** `@motia/core`: what authors of steps import. */

export { call, trigger } from './authoring/calls.js';
export { motia } from './authoring/context.js';
export {
  AuthorError,
  CallerError,
  CallFailed,
  CallTimeout,
  Cancelled,
  Draining,
  Fatal,
  HttpError,
  IdempotencyConflict,
  InputInvalid,
  InvocationOver,
  LedgerUnavailable,
  MotiaError,
  NotInHandler,
  Outcome,
  PayloadInvalid,
  PayloadTooLarge,
  QueueFull,
  RetryAfter,
  RunConflict,
  RunNotFound,
  StepFault,
  UnknownTarget,
  ValueNotJson,
  WorkerUnavailable,
  WorldError,
} from './authoring/errors.js';
export { logger } from './authoring/logger.js';
export { response, sse } from './authoring/response.js';
export { state } from './authoring/state.js';
export { api, cron, event, noop, onStart, onStop } from './authoring/steps.js';
export { workflow } from './authoring/workflows.js';
export type * from './types.js';
