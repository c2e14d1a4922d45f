// node bullmq_producer.mjs bulk|steady COUNT PER_S: prints seconds to done, and the CPU seconds it used.
import { setTimeout as wait } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

const { BENCH_REDIS, BENCH_IN_FLIGHT } = process.env;
const [mode, count, perS] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const connection = new Redis(BENCH_REDIS, { maxRetriesPerRequest: null });
const marks = new Redis(BENCH_REDIS);
const queue = new Queue('bench', { connection });
await queue.waitUntilReady();
await marks.del('bench:done');
const usedBefore = process.cpuUsage();
const started = performance.now();

if (mode === 'bulk') {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const n = next;
      next += 1;
      await queue.add('noop', { n, total: count });
    }
  };
  await Promise.all(Array.from({ length: Number(BENCH_IN_FLIGHT) }, lane));
  while (!(await marks.exists('bench:done'))) await wait(5);
} else {
  for (let n = 0; n < count; n += 1) {
    await wait(Math.max(0, started + (n * 1000) / perS - performance.now()));
    await queue.add('stamped', { sentNs: String(process.hrtime.bigint()) });
  }
  await wait(300);
}
const used = process.cpuUsage(usedBefore);
console.log(`${(performance.now() - started) / 1000} ${(used.user + used.system) / 1e6}`);
process.exit(0);
