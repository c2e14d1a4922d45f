import { expect, it } from 'vitest';
import { type ConfigEntry, chosen, meaning } from './values';

it.each([
  ['limits.body_bytes', 10_485_760, '10.0 MiB'],
  ['limits.request_timeout', 60, '1 min'],
  ['retention.runs', 604_800, '7 d'],
  ['retention.runs_bytes', 10_737_418_240, '10.00 GiB'],
  ['limits.queue_depth', 100_000, '100,000'],
  ['port', 3000, null],
  ['workers.background', 1, null],
  ['host', '127.0.0.1', null],
])('%s %s means %s', (key, value, words) => {
  expect(meaning(key, value)).toBe(words);
});

it('chooses by text and by who set it', () => {
  const entries: ConfigEntry[] = [
    { key: 'host', value: '127.0.0.1', origin: 'default (development)' },
    { key: 'port', value: 4771, origin: 'flag --port' },
  ];

  expect(chosen(entries, { show: 'set' }).map((entry) => entry.key)).toEqual(['port']);
  expect(chosen(entries, { text: '127' }).map((entry) => entry.key)).toEqual(['host']);
  expect(chosen(entries, { text: 'FLAG' }).map((entry) => entry.key)).toEqual(['port']);
  expect(chosen(entries, {})).toHaveLength(2);
});
