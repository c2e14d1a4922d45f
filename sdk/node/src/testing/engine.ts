/**
 * Where the engine is: a Python program that this package never brings along.
 *
 * Invariants
 * 1. What is found is never this package's own command, which would call itself for ever.
 * 2. Nothing is installed and no registry is asked: the package `motia` of the registries is somebody else's.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve, sep } from 'node:path';

/** A command that runs the engine's command line. */
export interface Engine {
  readonly command: string;
  /** Come before the arguments of the command line. */
  readonly args: readonly string[];
  /** How it was found: `MOTIA_ENGINE`, `.venv`, `PATH` or `python`. */
  readonly source: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const PROGRAM = 'motia';
const PYTHONS = ['python3', 'python'];
/** -P: the project has a folder `motia`, which must not hide the package. */
const AS_MODULE = ['-P', '-m', 'motia'];
const PROBE_LIMIT_MS = 10_000;

/**
 * The engine for a project at or above `from`.
 *
 * Looked for in this order: `MOTIA_ENGINE` (the `motia` program, or the Python that has it), `.venv/bin/motia`
 * in `from` and the folders above, `motia` on the PATH, `python3 -m motia`.
 *
 * @throws Error when `MOTIA_ENGINE` names nothing that can be run.
 */
export function findEngine(from: string, environment: Environment = process.env): Engine | undefined {
  return fromVariable(environment) ?? fromVenv(from) ?? fromPath(environment) ?? fromPython(environment);
}

/** What to say to somebody who has no engine: what is missing and the commands that get it. */
export function howToGetTheEngine(): string {
  return [
    'The engine of Motia is not here. It is a Python program (3.11 or newer), apart from this npm package.',
    'Install it from its wheel, whose path or URL stands for WHEEL, in one of these ways:',
    '  python3 -m venv .venv && .venv/bin/pip install WHEEL    for this project',
    '  pipx install WHEEL                                      for all projects',
    '  uv tool install WHEEL                                   for all projects',
    'The wheel is called motia_engine-….whl; other packages with a similar name on a registry are not it.',
    'When it is somewhere else, name it: MOTIA_ENGINE=/path/to/motia (or the Python that has it).',
    'Looked for: $MOTIA_ENGINE, .venv/bin/motia here and above, motia on the PATH, python3 -m motia.',
  ].join('\n');
}

function fromVariable(environment: Environment): Engine | undefined {
  const named = environment.MOTIA_ENGINE?.trim();
  if (!named) return undefined;
  const command = named.includes(sep) ? resolve(named) : onPath(named, environment, () => true);
  if (command === undefined || !isProgram(command)) {
    throw new Error(`MOTIA_ENGINE is ${named}, which is no program: name the motia program, or the Python that has it`);
  }
  const args = basename(command).startsWith('python') ? AS_MODULE : [];
  return { command, args, source: 'MOTIA_ENGINE' };
}

function fromVenv(from: string): Engine | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const command = join(folder, '.venv', 'bin', PROGRAM);
    if (isProgram(command)) return { command, args: [], source: '.venv' };
    if (dirname(folder) === folder) return undefined;
  }
}

function fromPath(environment: Environment): Engine | undefined {
  const command = onPath(PROGRAM, environment, (path) => !isOurs(path));
  return command === undefined ? undefined : { command, args: [], source: 'PATH' };
}

function fromPython(environment: Environment): Engine | undefined {
  for (const name of PYTHONS) {
    const command = onPath(name, environment, () => true);
    if (command === undefined) continue;
    const asked = spawnSync(command, [...AS_MODULE, '--version'], {
      encoding: 'utf8',
      env: { ...environment },
      timeout: PROBE_LIMIT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (asked.status === 0 && /^motia \d/.test(asked.stdout)) return { command, args: AS_MODULE, source: 'python' };
  }
  return undefined;
}

function onPath(name: string, environment: Environment, fits: (path: string) => boolean): string | undefined {
  for (const folder of (environment.PATH ?? '').split(delimiter)) {
    const path = folder && join(folder, name);
    if (path && isProgram(path) && fits(path)) return path;
  }
  return undefined;
}

/** Whether it belongs to an npm package: this one, a copy of it, or somebody else's. */
function isOurs(path: string): boolean {
  const real = realpathSync(path);
  return [path, real].some((one) => one.split(sep).includes('node_modules')) || real.endsWith('motia.mjs');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
