import { expect, it } from 'vitest';
import { triggerInfo } from './trigger';

it('tells instants from texts, in words', () => {
  const tick = { scheduledAt: 1_770_000_000_000, schedule: '0 3 * * *', timezone: 'Europe/Berlin' };

  expect(triggerInfo(tick)).toEqual({
    instants: [['Scheduled', 1_770_000_000_000]],
    texts: [
      ['Schedule', '0 3 * * *'],
      ['Timezone', 'Europe/Berlin'],
    ],
    rest: null,
  });
});

it('keeps what is no single value, and takes an instant only for a number', () => {
  expect(triggerInfo({ lookedAt: 'noon', sentBy: { who: 'ada' }, gone: null })).toEqual({
    instants: [],
    texts: [['Looked at', 'noon']],
    rest: { sentBy: { who: 'ada' } },
  });
  expect(triggerInfo(null).rest).toBeNull();
});
