// The jobs on BullMQ: `noop`, counted, and `stamped`, which notes how long it waited for its start.
import { appendFileSync } from 'node:fs';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

const { BENCH_REDIS, BENCH_LATENCIES, BENCH_IN_FLIGHT } = process.env;
const connection = new Redis(BENCH_REDIS, { maxRetriesPerRequest: null });
const marks = new Redis(BENCH_REDIS);
let completed = 0;

const worker = new Worker(
  'bench',
  async (job) => {
    if (job.name === 'stamped') {
      const waitedNs = process.hrtime.bigint() - BigInt(job.data.sentNs);
      appendFileSync(BENCH_LATENCIES, `${waitedNs}\n`);
    }
  },
  { connection, concurrency: Number(BENCH_IN_FLIGHT), removeOnComplete: { count: 1000 } },
);
worker.on('completed', async (job) => {
  if (job.name !== 'noop') return;
  completed += 1;
  if (completed >= job.data.total) {
    completed = 0;
    await marks.set('bench:done', Date.now());
  }
});
process.on('SIGTERM', async () => {
  await worker.close(true);
  process.exit(0);
});
