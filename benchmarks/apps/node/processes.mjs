// Two processes behind one port, as a rival is run on two cores; with one, it is run in this process.
import cluster from 'node:cluster';

export function serve(start) {
  const [port, processes] = process.argv.slice(2).map(Number);
  if (processes === 1 || cluster.isWorker) return start(port);
  for (let n = 0; n < processes; n += 1) cluster.fork();
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => cluster.disconnect(() => process.exit(0)));
  cluster.on('exit', () => process.exit(1));
}
