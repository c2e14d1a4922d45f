/** Numbers, durations, sizes and instants in words for people. */

const whole = new Intl.NumberFormat('en');

export function count(value: number): string {
  return whole.format(value);
}

/** A rate per second: two digits that matter. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0/s';
  if (perSecond >= 10) return `${whole.format(Math.round(perSecond))}/s`;
  if (perSecond >= 0.1) return `${perSecond.toFixed(1)}/s`;
  return `${(perSecond * 60).toFixed(1)}/min`;
}

/** A share from 0 to 1. */
export function percent(share: number): string {
  if (share === 0) return '0 %';
  return share < 0.1 ? `${(share * 100).toFixed(1)} %` : `${Math.round(share * 100)} %`;
}

export function duration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 1) return `${Math.max(Math.round(ms * 1000), 0)} µs`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  if (seconds < 86_400) return pair(Math.floor(seconds / 3_600), 'h', Math.floor((seconds % 3_600) / 60), 'min');
  return pair(Math.floor(seconds / 86_400), 'd', Math.floor((seconds % 86_400) / 3_600), 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** A duration that somebody chose: without the digits that a measured one keeps, `10 s`. */
export function plainDuration(ms: number): string {
  return duration(ms).replace(/\.(?:0+|([1-9])0) /, (_, digit?: string) => (digit === undefined ? ' ' : `.${digit} `));
}

/** A number and its noun: `1 file`, `3 files`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export function bytes(size: number): string {
  if (size < 1_024) return `${size} B`;
  if (size < 1_048_576) return `${(size / 1_024).toFixed(1)} KiB`;
  if (size < 1_073_741_824) return `${(size / 1_048_576).toFixed(1)} MiB`;
  return `${(size / 1_073_741_824).toFixed(2)} GiB`;
}

/** How far an instant is from now: `12 s ago`, `in 3 min`. */
export function relative(at: number, now: number): string {
  const distance = at - now;
  const size = Math.abs(distance);
  if (size < 1_000) return 'now';
  const text =
    size < 60_000
      ? `${Math.floor(size / 1_000)} s`
      : size < 3_600_000
        ? `${Math.floor(size / 60_000)} min`
        : size < 86_400_000
          ? `${Math.floor(size / 3_600_000)} h`
          : `${Math.floor(size / 86_400_000)} d`;
  return distance < 0 ? `${text} ago` : `in ${text}`;
}

const precise = new Intl.DateTimeFormat('sv', {
  dateStyle: 'short',
  timeStyle: 'medium',
});
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Date and time with milliseconds and the zone, for a hover. */
export function exact(at: number): string {
  return `${precise.format(at)}.${String(at % 1_000).padStart(3, '0')} ${ZONE}`;
}

/** The time of day with milliseconds, for log lines. */
export function clock(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(at % 1_000).padStart(3, '0')}`;
}

/** The time of day, with its date instead of the milliseconds when that is not the day of `now`. */
export function clockOnDay(at: number, now: number): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? clock(at) : precise.format(at);
}

/** An instant of the API (ISO 8601) in ms since the epoch. */
export function instant(text: string): number {
  return Date.parse(text);
}
