#!/usr/bin/env node
// The `motia` command of the npm package: finds the engine, a Python program, and becomes it as far as can be:
// the same arguments, input and output, signals passed on, the same end.
import { spawn } from 'node:child_process';
import { findEngine, howToGetTheEngine } from '../dist/testing.mjs';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];
const FROM_KEYBOARD = new Set(['SIGINT', 'SIGQUIT']);

function find() {
  try {
    return findEngine(process.cwd());
  } catch (error) {
    process.stderr.write(`motia: ${error.message}\n`);
    process.exit(1);
  }
}

const engine = find();
if (engine === undefined) {
  process.stderr.write(`motia: ${howToGetTheEngine()}\n`);
  process.exit(1);
}

const child = spawn(engine.command, [...engine.args, ...process.argv.slice(2)], { stdio: 'inherit' });
// A terminal sends what is typed to the whole group, the engine too: passed on, one Ctrl-C would be two.
const isOnTerminal = process.stdin.isTTY || process.stdout.isTTY;
for (const signal of PASSED_ON) {
  process.on(signal, () => {
    if (!(isOnTerminal && FROM_KEYBOARD.has(signal))) child.kill(signal);
  });
}

// npm runs a script in a shell that takes a signal for itself and leaves us behind: then it is over for us, too.
if (process.env.npm_command || process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
}

child.on('error', (error) => {
  process.stderr.write(`motia: ${engine.command} cannot be started: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  for (const passed of PASSED_ON) process.removeAllListeners(passed);
  process.kill(process.pid, signal);
});
