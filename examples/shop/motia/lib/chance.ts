// Chance for the example, as in chance.py.

/** A payment provider that did not answer. */
export class OutsideWorldError extends Error {
  override name = 'OutsideWorldError';
}

/** Throw `OutsideWorldError` now and then. */
export function mayFail(what: string): void {
  if (Math.random() < Number(process.env.SHOP_FAILURE_RATE ?? '0.2')) {
    throw new OutsideWorldError(`${what} did not answer`);
  }
}
