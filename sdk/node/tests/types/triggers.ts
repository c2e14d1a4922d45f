import { call, motia as imported, trigger } from '@motia/core';
import { type Equal, expect } from './equal.js';

declare module '@motia/core' {
  interface Steps {
    'send-sms': { input: { phone: string; text?: string }; output: { sent: boolean } };
    'no-schema': { input: unknown; output: unknown };
  }
}

export async function handler(): Promise<void> {
  const receipt = await motia.trigger('send-sms', { phone: '1' }, { delay: '5m', idempotencyKey: 'k' });
  expect<Equal<typeof receipt.runId, string>>(true);
  await imported.trigger('send-sms', { phone: '1', text: 'x' });
  await trigger('still-to-be-written', { any: ['thing'] });
  await trigger('no-schema', 5);

  // @ts-expect-error: phone is text
  await motia.trigger('send-sms', { phone: 1 });
  // @ts-expect-error: phone is missing
  await trigger('send-sms', { text: 'x' });
  // @ts-expect-error: no such field
  await trigger('send-sms', { phone: '1', fone: '2' });
  // @ts-expect-error: no such option
  await trigger('send-sms', { phone: '1' }, { dealy: 1 });

  const result = await call('send-sms', { phone: '1' }, { timeout: '10s' });
  expect<Equal<typeof result, { sent: boolean }>>(true);
  const unknown = await motia.call('still-to-be-written');
  expect<Equal<typeof unknown, unknown>>(true);

  // a name that is only known when it runs
  const name: string = ['a', 'b'].join('-');
  await motia.trigger(name, { any: 'thing' });

  const count = await motia.state.increment('group', 'key');
  expect<Equal<typeof count, number>>(true);
}
