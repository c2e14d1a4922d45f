/** `state`: groups of keys with JSON values that all steps share. Durable when it resolves; every method sends at once. */

import type { State, StateOp } from '../types.js';
import { checkOptions, send } from './calls.js';
import { encodeJson, shown } from './encoding.js';
import { CallerError } from './errors.js';
import { requireCurrent } from './invocation.js';

export const UPDATE_TRIES_MAX = 100;
const NAME_BYTES_MAX = 255;
const OPS: ReadonlySet<unknown> = new Set(['set', 'delete', 'increment', 'append']);
const OP_FIELDS: ReadonlySet<string> = new Set(['op', 'path', 'value']);

interface Entry {
  value: any;
  version: number;
}

/** The state store; see `State`. */
export const state: State = {
  get(group, key) {
    return ask('state.get', group, key, valueIn);
  },

  set(group, key, value) {
    return ask(
      'state.set',
      group,
      key,
      () => value,
      (bytesMax, what) => valueArg(value, what, bytesMax),
    );
  },

  delete(group, key) {
    return ask('state.delete', group, key, Boolean);
  },

  list(group, options = {}) {
    return ask('state.list', group, undefined, valuesIn, () => {
      checkOptions(options, ['after', 'limit'], `state.list(${shown(group)})`);
      const after = options.after == null ? '' : `,"after":${encodeJson(options.after, 'after of state.list')}`;
      return after + (options.limit == null ? '' : `,"limit":${encodeJson(options.limit, 'limit of state.list')}`);
    });
  },

  clear(group) {
    return ask('state.clear', group, undefined, Number);
  },

  increment(group, key, by = 1) {
    return ask('state.increment', group, key, Number, () => {
      if (typeof by !== 'number') throw new CallerError(`state.increment adds a number, not ${shown(by)}`);
      return `,"by":${encodeJson(by, 'by of state.increment')}`;
    });
  },

  update(group, key, change) {
    if (typeof change !== 'function') {
      return ask('state.update', group, key, valueIn, (bytesMax) => `,"ops":${opsText(change, bytesMax)}`);
    }
    const what = `state.update(${shown(group)}, ${shown(key)})`;
    try {
      const invocation = requireCurrent(what);
      return invocation.port.keep(invocation, () => updateByFunction(group, key, change, what), what);
    } catch (error) {
      return Promise.reject(error);
    }
  },

  compareAndSet(group, key, value, options) {
    return ask('state.compare_and_set', group, key, same, (bytesMax, what) => {
      checkOptions(options, ['version', 'delete'], what);
      const version = `,"version":${encodeJson(options.version, `the version of ${what}`)}`;
      return options.delete ? `${version},"delete":true` : valueArg(value, what, bytesMax) + version;
    });
  },

  getVersioned(group, key) {
    return ask('state.get', group, key, (entry: Entry | null) =>
      entry === null ? { value: null, version: 0 } : { value: entry.value, version: entry.version },
    );
  },
};

function ask<T>(
  op: string,
  group: string,
  key: string | undefined,
  finish: (value: any) => T,
  more: (bytesMax: number, what: string) => string = () => '',
): Promise<T> {
  const what = key === undefined ? `${op}(${shown(group)})` : `${op}(${shown(group)}, ${shown(key)})`;
  return send(op, what, finish, (invocation) => {
    const place = `{"group":${nameText(group, 'group', op)}`;
    // Every operation but list and clear has a key, and one that was left out is a mistake.
    const keyed = op === 'state.list' || op === 'state.clear' ? place : `${place},"key":${nameText(key, 'key', op)}`;
    return `${keyed}${more(invocation.port.payloadBytesMax, what)}}`;
  });
}

function nameText(value: unknown, name: string, op: string): string {
  if (typeof value !== 'string' || value === '' || Buffer.byteLength(value) > NAME_BYTES_MAX) {
    throw new CallerError(`the ${name} of ${op} is text of 1 to ${NAME_BYTES_MAX} bytes, not ${shown(value)}`);
  }
  return encodeJson(value, `the ${name} of ${op}`);
}

function valueArg(value: unknown, what: string, bytesMax: number): string {
  return `,"value":${encodeJson(value, `the value of ${what}`, bytesMax)}`;
}

function opsText(change: readonly StateOp[], bytesMax: number): string {
  if (!Array.isArray(change) || change.length === 0) {
    throw new CallerError(`state.update takes a function or a list of operations, not ${shown(change)}`);
  }
  for (const op of change) {
    if (
      typeof op !== 'object' ||
      op === null ||
      !OPS.has(op.op) ||
      Object.keys(op).some((name) => !OP_FIELDS.has(name))
    ) {
      throw new CallerError(`an operation of state.update is ${shown(op)}`, {
        hint: "write { op: 'set' | 'delete' | 'increment' | 'append', path: 'a.b', value: … }",
      });
    }
  }
  return encodeJson(change, 'the operations of state.update', bytesMax);
}

async function updateByFunction<T>(group: string, key: string, change: (old: T | null) => T, what: string): Promise<T> {
  for (let tries = 0; tries < UPDATE_TRIES_MAX; tries++) {
    const { value, version } = await state.getVersioned<T>(group, key);
    const changed = await change(value);
    if ((await state.compareAndSet(group, key, changed, { version })).done) return changed;
  }
  throw new CallerError(`${what} found the value changed ${UPDATE_TRIES_MAX} times in a row`, {
    hint: 'use operations or increment, which the engine applies itself',
  });
}

function same(value: any): any {
  return value;
}

function valueIn(entry: Entry | null): any {
  return entry === null ? null : entry.value;
}

function valuesIn(entries: readonly (Entry & { key: string })[]): Record<string, any> {
  const values: Record<string, any> = {};
  for (const { key, value } of entries) {
    // A key `__proto__` is data like any other.
    Object.defineProperty(values, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return values;
}
