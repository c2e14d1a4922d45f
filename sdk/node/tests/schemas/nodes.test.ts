import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEPTH_MAX, type Node, Recursion, valueHint } from '../../src/schemas/nodes.js';

const PLACE = { isOpen: false };

describe('Recursion', () => {
  it('refers to a schema that is inside itself', () => {
    const recursion = new Recursion<object>();
    const tree = {};

    const { form } = recursion.enter(tree, PLACE, 'Tree node', true, () => ({
      form: { items: recursion.enter(tree, PLACE, 'Tree node', true, () => assert.fail()).form },
      mayBeMissing: false,
    }));

    assert.deepEqual(recursion.document(form), {
      $ref: '#/$defs/Tree_node',
      $defs: { Tree_node: { items: { $ref: '#/$defs/Tree_node' } } },
    });
  });

  it('ends where schemas are made anew without an end', () => {
    const recursion = new Recursion<object>();
    let depth = 0;
    const endless = (): Node => {
      depth += 1;
      return { form: { items: recursion.enter({}, PLACE, undefined, true, endless).form }, mayBeMissing: false };
    };

    recursion.enter({}, PLACE, undefined, true, endless);

    assert.equal(depth, DEPTH_MAX);
  });
});

describe('valueHint', () => {
  it('knows what to write instead', () => {
    assert.match(valueHint('date')[1], /z\.coerce\.date\(\).*z\.iso\.datetime\(\)/);
    assert.match(valueHint('weakmap')[0], /is a weakmap/);
  });
});
