import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame, ProtocolFault } from '../../src/protocol/frames.js';
import type { EngineMessage } from '../../src/protocol/messages.js';
import { Session, type SessionState } from '../../src/protocol/session.js';

const MESSAGES: { readonly [Type in EngineMessage['type']]: object } = {
  hello: { protocol: 1, engine: 'e', worker: 'w' },
  load: { root: '/', files: [] },
  invoke: { invocation: 1, step: 's', kind: 'event', trace: 't', span: 's' },
  cancel: { invocation: 1, reason: 'cancel' },
  reply: { call: 1 },
  pull: { invocation: 1, bytes: 1 },
  drain: {},
  ping: { token: 1 },
};
type Type = keyof typeof MESSAGES;
const PATHS: { readonly [State in SessionState]: readonly (Type | 'loaded')[] } = {
  connected: [],
  greeted: ['hello'],
  loading: ['hello', 'load'],
  ready: ['hello', 'load', 'loaded'],
  draining: ['hello', 'load', 'loaded', 'drain'],
  closed: ['hello', 'drain'],
};
const ALLOWED: { readonly [State in SessionState]: readonly Type[] } = {
  connected: ['hello'],
  greeted: ['load', 'ping', 'drain'],
  loading: ['ping', 'drain'],
  ready: ['invoke', 'cancel', 'reply', 'pull', 'ping', 'drain'],
  draining: ['cancel', 'reply', 'pull', 'ping'],
  closed: [],
};

function sessionIn(state: SessionState): { session: Session; taken: string[] } {
  const taken: string[] = [];
  const session = new Session((message) => taken.push(message.type));
  for (const step of PATHS[state]) {
    if (step === 'loaded') session.loaded();
    else feed(session, step);
  }
  assert.equal(session.state, state);
  taken.length = 0;
  return { session, taken };
}

function feed(session: Session, type: Type): void {
  session.feed(encodeFrame(JSON.stringify({ type, ...MESSAGES[type] })));
}

for (const state of Object.keys(ALLOWED) as SessionState[]) {
  for (const type of Object.keys(MESSAGES) as Type[]) {
    if (state === 'closed') {
      test(`closed: ${type} is not looked at`, () => {
        const { session, taken } = sessionIn(state);
        feed(session, type);
        assert.deepEqual(taken, []);
      });
    } else if (ALLOWED[state].includes(type)) {
      test(`${state}: ${type} is taken`, () => {
        const { session, taken } = sessionIn(state);
        feed(session, type);
        assert.deepEqual(taken, [type]);
      });
    } else {
      test(`${state}: ${type} is a protocol fault`, () => {
        const { session, taken } = sessionIn(state);
        assert.throws(() => feed(session, type), ProtocolFault);
        assert.deepEqual(taken, []);
      });
    }
  }
}

test('a drain while loading takes effect when the manifest is sent', () => {
  const { session } = sessionIn('loading');
  feed(session, 'drain');
  assert.equal(session.state, 'loading');

  session.loaded();

  assert.equal(session.state, 'draining');
});

test('another version of the protocol is a fault that names both', () => {
  const session = new Session(() => {});
  const hello = encodeFrame(JSON.stringify({ type: 'hello', ...MESSAGES.hello, protocol: 99 }));

  assert.throws(() => session.feed(hello), /99.*1/);
});
