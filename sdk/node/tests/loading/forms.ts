/** Every form of TypeScript and JavaScript that step files may take, each with what it must come to. */

/** Files of a project, its step file, and the JSON of what that exports by default. */
export interface Form {
  name: string;
  files: Record<string, string>;
  step?: string;
  value: unknown;
  /** Only Node's own reading: neither TypeScript nor tsconfig.json. */
  isNative?: boolean;
}

const STEP = 'motia/steps/a.ts';

function form(name: string, source: string, value: unknown, others: Record<string, string> = {}): Form {
  return { name, files: { [STEP]: source, ...others }, value };
}

export const FORMS: readonly Form[] = [
  form('enum', 'enum Color { Red, Green = 5, Blue }\nexport default [Color.Blue, Color[5]]', [6, 'Green']),
  form('const enum of another file', "import { Level } from './level'\nexport default Level.High", 2, {
    'motia/steps/level.ts': 'export const enum Level { Low = 1, High }',
  }),
  form(
    'namespace, merged with a function',
    'function f() { return f.inner.x }\nnamespace f { export namespace inner { export const x = 3 } }\nexport default f()',
    3,
  ),
  form(
    'experimental decorators',
    'function tag(target: any, key: string) { target.tags = [...(target.tags ?? []), key] }\n' +
      'class A { @tag one() {} @tag two() {} }\nexport default (A.prototype as any).tags',
    ['one', 'two'],
    { 'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }' },
  ),
  form(
    'parameter decorators',
    'const seen: unknown[] = []\nfunction inject(_: any, __: any, index: number) { seen.push(index) }\n' +
      'class A { constructor(a: string, @inject b: string) {} }\nexport default [seen, A.name]',
    [[1], 'A'],
    { 'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }' },
  ),
  form(
    'standard decorators',
    'function twice(f: (n: number) => number, ctx: ClassMethodDecoratorContext) {\n' +
      '  return function (this: unknown, n: number) { return f.call(this, n) * 2 }\n}\n' +
      'class A { @twice run(n: number) { return n } }\nexport default new A().run(4)',
    8,
  ),
  form('accessor fields', 'class A { accessor x = 4 }\nexport default new A().x', 4),
  form(
    'import x = require()',
    "import path = require('node:path')\nimport old = require('./old')\nexport default [path.sep, old.n]",
    ['/', 7],
    { 'motia/steps/old.cjs': 'module.exports = { n: 7 }', 'motia/steps/old.ts': 'export = { n: 7 }' },
  ),
  form('export =', "import made = require('./made')\nexport default made(2)", 4, {
    'motia/steps/made.ts':
      'function made(n: number) { return n * made.by }\nnamespace made { export const by = 2 }\nexport = made',
  }),
  {
    name: 'a CommonJS step that says export =',
    files: { 'motia/steps/a.cts': "import path = require('node:path')\nexport = path.posix.join('a', 'b')" },
    step: 'motia/steps/a.cts',
    value: 'a/b',
  },
  form(
    'parameter properties',
    'class A { constructor(readonly x: number, private y = 2) {} sum() { return this.x + this.y } }\nexport default new A(1).sum()',
    3,
  ),
  form(
    'types imported and exported again without saying type',
    "import { Options, limit } from './types'\nexport { Options } from './types'\nexport { Shape } from './again'\n" +
      'const options: Options = { limit }\nexport default options.limit',
    9,
    {
      'motia/steps/types.ts': 'export interface Options { limit: number }\nexport const limit = 9',
      'motia/steps/again.ts': "export * from './types'\nexport { Shape } from './shape'",
      'motia/steps/shape.ts': 'export interface Shape { a: 1 }\nexport const unused = 1',
    },
  ),
  form(
    'specifiers without ending, with .js and .mjs for TypeScript, and of folders',
    "import { a } from './one'\nimport { b } from './two.js'\nimport { c } from './three.mjs'\nimport { d } from './four'\nexport default [a, b, c, d]",
    [1, 2, 3, 4],
    {
      'motia/steps/one.ts': 'export const a = 1',
      'motia/steps/two.ts': 'export const b = 2',
      'motia/steps/three.mts': 'export const c = 3',
      'motia/steps/four/index.ts': 'export const d = 4',
    },
  ),
  form('specifiers with .ts', "import { a } from './one.ts'\nexport default a", 1, {
    'motia/steps/one.ts': 'export const a: number = 1',
  }),
  form(
    'paths, baseUrl and extends of tsconfig.json',
    "import { a } from '@lib/a'\nimport { b } from 'motia/lib/b'\nexport default [a, b]",
    [1, 2],
    {
      'tsconfig.json': '{ "extends": "./base", /* with a comment */ "compilerOptions": { "strict": true, }, }',
      'base.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["motia/lib/*"] } } }',
      'motia/lib/a.ts': 'export const a = 1',
      'motia/lib/b.ts': 'export const b = 2',
    },
  ),
  form('imports of package.json', "import { a } from '#lib/a'\nexport default a", 1, {
    'package.json': '{ "imports": { "#lib/*": "./motia/lib/*.ts" } }',
    'motia/lib/a.ts': 'export const a = 1',
  }),
  form(
    'JSON, with and without attribute, and by require',
    "import one, { n } from './data.json'\nimport two from './data.json' with { type: 'json' }\n" +
      "const three = require('./data.json')\nexport default [one.n, n, two.n, three.n]",
    [5, 5, 5, 5],
    { 'motia/steps/data.json': '{ "n": 5 }' },
  ),
  form(
    'CommonJS files of the project from ESM',
    "import old, { named } from './old.js'\nimport * as all from './older.cjs'\nexport default [old.named, named, all.b, require('./older.cjs').b]",
    [1, 1, 2, 2],
    {
      'motia/steps/old.js': "exports.named = require('./older.cjs').b - 1",
      'motia/steps/older.cjs': 'module.exports = { b: 2 }',
    },
  ),
  {
    name: 'ESM from CommonJS',
    files: {
      'motia/steps/a.cjs':
        "const { n } = require('./modern')\nconst { e } = require('./pure.mjs')\nmodule.exports = [n, e]",
      'motia/steps/modern.ts': 'export const n: number = 1',
      'motia/steps/pure.mjs': 'export const e = 2',
    },
    step: 'motia/steps/a.cjs',
    value: [1, 2],
  },
  {
    name: 'CommonJS that requires itself in a circle',
    files: {
      'tsconfig.json': '{}',
      'motia/steps/a.cjs':
        "exports.early = 1\nconst b = require('./b.cjs')\nexports.default = b.seen\nexports.__esModule = true",
      'motia/steps/b.cjs': "exports.seen = require('./a.cjs').early",
    },
    step: 'motia/steps/a.cjs',
    value: 1,
  },
  form('dynamic import by a literal', "export default (await import('./late.js')).late", 'late', {
    'motia/steps/late.ts': "export const late = 'late'",
  }),
  form(
    'dynamic import by a partly computed name',
    "const name = ['on', 'e'].join('')\nconst a = await import(`./plugins/${name}.ts`)\n" +
      "const b = await import('./plugins/' + name + '.js')\nimport { one } from './plugins/one'\nexport default [a.one === one, b.one === one]",
    [true, true],
    { 'motia/steps/plugins/one.ts': 'export const one = {}', 'motia/steps/plugins/two.ts': 'export const two = 2' },
  ),
  form(
    'dynamic import by a computed name',
    "const name = ['./he', 'lper.js'].join('')\nimport { one } from './helper'\nexport default (await import(name)).one === one",
    true,
    { 'motia/steps/helper.ts': 'export const one = {}' },
  ),
  form(
    'require by createRequire, and by a computed name',
    "import { createRequire } from 'node:module'\nimport { one } from './helper'\nconst need = createRequire(import.meta.url)\n" +
      "export default [need('./helper.ts').one === one, need(['./help', 'er'].join('')).one === one]",
    [true, true],
    { 'motia/steps/helper.ts': 'export const one = {}' },
  ),
  form('top-level await', 'const x = await Promise.resolve(3)\nexport default x', 3),
  form(
    'place of the file',
    "import { basename } from 'node:path'\nimport { fileURLToPath } from 'node:url'\nimport { lib } from '../lib/where.cjs'\n" +
      'const { dirname } = import.meta\n' +
      'export default [basename(fileURLToPath(import.meta.url)), basename(dirname), basename(import.meta.filename), ' +
      "basename(__dirname), basename(__filename), basename(import.meta.resolve('./a.ts')), lib]",
    ['a.ts', 'steps', 'a.ts', 'steps', 'a.ts', 'a.ts', 'lib/where.cts'],
    {
      'motia/lib/where.cts':
        "import path = require('node:path')\nexport = { lib: path.basename(__dirname) + '/' + path.basename(__filename) }",
    },
  ),
  form(
    'names of the place declared by the file itself',
    "import { dirname } from 'node:path'\nimport { fileURLToPath } from 'node:url'\nimport { createRequire } from 'node:module'\n" +
      'const __filename = fileURLToPath(import.meta.url)\nconst __dirname = dirname(__filename)\nconst require = createRequire(import.meta.url)\n' +
      "export default [__dirname.endsWith('steps'), require('node:path').sep]",
    [true, '/'],
  ),
  {
    name: 'a step in .mts',
    files: { 'motia/steps/a.mts': 'export default 1 as number' },
    step: 'motia/steps/a.mts',
    value: 1,
  },
  {
    name: 'JSX by a factory in the file, in .tsx',
    files: {
      'motia/steps/a.tsx':
        '/** @jsx h */\nconst h = (tag: string, props: object | null, ...inner: unknown[]) => [tag, props, inner]\nexport default <b id="x">{1}</b>',
    },
    step: 'motia/steps/a.tsx',
    value: ['b', { id: 'x' }, [1]],
  },
  {
    name: 'JSX by its run-time module, as tsconfig.json says',
    files: {
      'tsconfig.json': '{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "tiny" } }',
      'node_modules/tiny/package.json': '{ "name": "tiny", "exports": { "./jsx-runtime": "./run.mjs" } }',
      'node_modules/tiny/run.mjs': 'export const jsx = (tag, props) => ({ tag, props })\nexport const jsxs = jsx',
      'motia/steps/a.tsx': 'export default <b id="x">text</b>',
    },
    step: 'motia/steps/a.tsx',
    value: { tag: 'b', props: { id: 'x', children: 'text' } },
  },
  form(
    'satisfies, as, non-null, generics, overloads, abstract, declare, this types',
    `
declare const elsewhere: string
abstract class Base<T extends object = {}> { declare hidden: string; abstract go(): T; self(this: this) { return this } }
class Real extends Base<{ a: number }> { override go() { return { a: 1 } satisfies { a: number } } }
function pick(x: string): string
function pick(x: number): number
function pick(x: unknown) { return x as never }
export default [new Real().go()!.a, pick(3), typeof elsewhere, (<T,>(x: T) => x)(4)]`,
    [1, 3, 'undefined', 4],
  ),
  form(
    'modules in the order in which they are imported',
    "import './first'\nimport { order } from './second'\nimport './third'\nexport default order",
    ['first', 'second'],
    {
      'motia/steps/b.ts': "import './third'\nimport { order } from './second'\nexport const other = order",
      'motia/steps/first.ts': "(globalThis as any).order = ['first']",
      'motia/steps/second.ts': "export const order = [...((globalThis as any).order ?? ['nothing']), 'second']",
      'motia/steps/third.ts': "(globalThis as any).order?.push('third')",
    },
  ),
  form('a circle of imports', "import { b } from './b'\nexport const a = 'a'\nexport default b()", 'a', {
    'motia/steps/b.ts': "import { a } from './a'\nexport const b = () => a",
  }),
  form(
    'files that are said to be free of side effects',
    "import '../lib/effect'\nexport default (globalThis as any).effect",
    1,
    {
      'package.json': '{ "sideEffects": false }',
      'motia/lib/effect.ts': '(globalThis as any).effect = 1',
    },
  ),
  form(
    'a hash-bang, a directive and a byte order mark',
    '#!/usr/bin/env node\n"use strict"\nimport { x } from \'./bom\'\nexport default x',
    1,
    {
      'motia/steps/bom.ts': '\uFEFFexport const x = 1',
    },
  ),
  form(
    'names that differ from their output',
    "import { x } from './a b#c?d%20é'\nexport default [x, import.meta.url.endsWith('/a.ts')]",
    [1, true],
    {
      'motia/steps/a b#c?d%20é.ts': 'export const x = import.meta.dirname.length > 0 ? 1 : 0',
    },
  ),
  form(
    'using declarations',
    "const log: string[] = []\nfunction f() { using x = { [Symbol.dispose]() { log.push('out') } }; log.push('in') }\nf()\nexport default log",
    ['in', 'out'],
  ),
  {
    name: 'JavaScript alone: ESM without a package.json',
    isNative: true,
    files: {
      'motia/steps/a.js': "import { b } from './b.js'\nexport default b",
      'motia/steps/b.js': 'export const b = 2',
    },
    step: 'motia/steps/a.js',
    value: 2,
  },
  {
    name: 'JavaScript alone: CommonJS',
    isNative: true,
    files: {
      'motia/steps/a.js': "module.exports = [require('./b').b, require('./c.json').c, __filename.endsWith('a.js')]",
      'motia/steps/b.js': 'exports.b = 2',
      'motia/steps/c.json': '{ "c": 3 }',
    },
    step: 'motia/steps/a.js',
    value: [2, 3, true],
  },
  {
    name: 'JavaScript alone: .mjs that imports .cjs',
    isNative: true,
    files: {
      'motia/steps/a.mjs': "import { b } from './b.cjs'\nexport default [b, import.meta.filename.endsWith('a.mjs')]",
      'motia/steps/b.cjs': 'exports.b = 2',
    },
    step: 'motia/steps/a.mjs',
    value: [2, true],
  },
];
