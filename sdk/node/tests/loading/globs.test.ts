import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesOf, patternsIn, withoutGlobs } from '../../src/loading/globs.js';
import { folder, write } from './project.js';

test('partly computed names are read as patterns', () => {
  const text = [
    'import(`./plugins/${name}.ts`)',
    "await import('./more/' + name + '.js')",
    'require("../up/" + name)',
    "import('./plain.ts')",
    'import(`./plain.ts`)',
    'import(`${name}.ts`)',
    "import('pkg/' + name)",
  ].join('\n');

  assert.deepEqual(patternsIn(text), ['./plugins/*.ts', './more/*.js', '../up/*']);
});

test('computed imports are marked and others left', () => {
  assert.equal(
    withoutGlobs("import(`./x/${n}`); import('./a' + n); import('./b')"),
    "import(__motia_text+`./x/${n}`); import(__motia_text+'./a' + n); import('./b')",
  );
});

test('patterns match code below their folder, TypeScript for JavaScript too', () => {
  const root = folder();
  write(root, {
    's/p/a.ts': '',
    's/p/deep/b.ts': '',
    's/p/c.js': '',
    's/p/d.md': '',
    's/p/.hidden/e.ts': '',
    's/p/f/index.ts': '',
    's/other.ts': '',
  });

  const all = ['s/p/a.ts', 's/p/c.js', 's/p/deep/b.ts', 's/p/f/index.ts'];
  assert.deepEqual(matchesOf(root, 's/x.ts', ['./p/*']), all);
  assert.deepEqual(matchesOf(root, 's/x.ts', ['./p/*.js']), all);
  assert.deepEqual(
    matchesOf(root, 's/x.ts', ['./p/*.ts']),
    all.filter((name) => name.endsWith('.ts')),
  );
  assert.deepEqual(matchesOf(root, 's/x.ts', ['../../outside/*', './gone/*']), []);
});
