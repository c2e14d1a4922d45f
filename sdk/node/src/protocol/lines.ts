/**
 * Memory that the worker and the watchdog beside its loop share: who may write to the socket, and
 * whether the loop turns.
 *
 * Invariants
 * 1. Who holds `LOCK` has no half-written frame of the other side before it in the socket.
 * 2. The main thread holds `LOCK` for as long as something of a frame has not left; it never waits for
 *    itself, and for the watchdog only while that writes one frame.
 */

const LOCK = 0;
const TURNS = 1;
const IN_FLIGHT = 2;
const LAST_ENTERED = 3;
const STALL_MS = 4;
const LAST_STEP = 5;
const CELLS = 8;

const FREE = 0;
const MAIN = 1;
const WATCHDOG = 2;
const WAIT_MS_MAX = 1_000;

/** The shared cells. */
export class Lines {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(CELLS * 4)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  /** Main thread: take the socket, waiting while the watchdog writes its frame. Holding it already is fine. */
  takeForMain(): void {
    while (Atomics.compareExchange(this.#cells, LOCK, FREE, MAIN) === WATCHDOG) {
      Atomics.wait(this.#cells, LOCK, WATCHDOG, WAIT_MS_MAX);
    }
  }

  /** Watchdog: whether the socket is its own now; false while a frame of the main thread is half written. */
  tryTakeForWatchdog(): boolean {
    return Atomics.compareExchange(this.#cells, LOCK, FREE, WATCHDOG) === FREE;
  }

  /** Give the socket back. */
  release(): void {
    Atomics.store(this.#cells, LOCK, FREE);
    Atomics.notify(this.#cells, LOCK);
  }

  /** The loop has turned. */
  turned(): void {
    Atomics.add(this.#cells, TURNS, 1);
  }

  get turns(): number {
    return Atomics.load(this.#cells, TURNS);
  }

  get inFlight(): number {
    return this.#cells[IN_FLIGHT] as number;
  }

  /** Author's code may be running: so many invocations, and one for loading or stopping. */
  set inFlight(count: number) {
    this.#cells[IN_FLIGHT] = count;
  }

  get lastEntered(): number {
    return this.#cells[LAST_ENTERED] as number;
  }

  /** The invocation whose handler was entered last. */
  set lastEntered(invocation: number) {
    this.#cells[LAST_ENTERED] = invocation;
  }

  get lastStep(): number {
    return this.#cells[LAST_STEP] as number;
  }

  /** Its step: the place in the list that the watchdog was given. */
  set lastStep(index: number) {
    this.#cells[LAST_STEP] = index;
  }

  get stallMs(): number {
    return this.#cells[STALL_MS] as number;
  }

  set stallMs(value: number) {
    this.#cells[STALL_MS] = value;
  }
}
