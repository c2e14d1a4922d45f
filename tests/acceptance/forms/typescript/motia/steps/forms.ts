// TypeScript with no build step: extensionless and .js specifiers, paths, JSON, CommonJS, dynamic import.
import { event } from '@motia/core';
import { Colour, counted, Sizes, Sms } from '~/kinds';
import { double } from '../lib/old.cjs';
import table from '../lib/table.json';
import path = require('node:path');

class Greeter {
  constructor(private readonly name: string) {}

  @counted
  greet(): string {
    return `hello ${this.name}`;
  }
}

const ready = await Promise.resolve('top-level await');

export default event({ id: 'typescript-forms' }, async () => {
  const late = await import('../lib/kinds.js');
  const sms: Sms = { phone: '1', text: 'x' };
  return {
    enum: Colour.Green,
    namespace: Sizes.all(),
    decorator: new Greeter('you').greet(),
    json: table.rows.length,
    commonjs: double(21),
    same: late.Colour === Colour,
    required: path.basename('/a/b.txt'),
    ready,
    here: path.basename(import.meta.url),
    text: sms satisfies Sms as Sms,
  };
});
