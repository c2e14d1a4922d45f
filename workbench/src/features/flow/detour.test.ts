import { cpuUsage } from 'node:process';
import { expect, it } from 'vitest';
import { type Link, layOutGroups, linkKey, NODE_WIDTH, type Point } from '../../lib/layout';
import { project } from '../../lib/testing/project';
import { detours, runsOver } from './detour';
import type { Route } from './route';

/** Of processor time; about 100 are taken. */
const LIMIT_MS = 1_000;

/** A project of so many steps, all of them dragged a little, so that no two stand in line. */
function arranged(size: number): { at: Map<string, Point>; links: Link[] } {
  const { ids, links, flowOf } = project(size);
  const laid = layOutGroups(ids, links, flowOf);
  const aside = (index: number) => ((index * 37) % 21) - 10;
  const at = ids.map((id, index): [string, Point] => {
    const { x, y } = laid.at.get(id) as Point;
    return [id, { x: x + aside(index), y: y + aside(index + 5) / 2 }];
  });
  return { at: new Map(at), links };
}

function msOf(work: () => void): number {
  const began = cpuUsage();
  work();
  const { user, system } = cpuUsage(began);
  return (user + system) / 1_000;
}

it('leads around a node between its two', () => {
  const at = new Map([
    ['from', { x: 0, y: 0 }],
    ['between', { x: 300, y: 10 }],
    ['to', { x: 620, y: 0 }],
  ]);
  const link = { source: 'from', target: 'to' };

  const points = detours(at, [link]).get(linkKey(link))?.points ?? [];

  expect(points[0]).toEqual({ x: NODE_WIDTH, y: 38 });
  expect(points.at(-1)).toEqual({ x: 620, y: 38 });
  expect(runsOver(points, [at.get('between') as Point])).toBe(false);
  expect(
    points.every((to, index) => index === 0 || to.x === points[index - 1]?.x || to.y === points[index - 1]?.y),
  ).toBe(true);
});

it('leads back from right to left', () => {
  const at = new Map([
    ['from', { x: 600, y: 0 }],
    ['to', { x: 0, y: 0 }],
  ]);
  const link = { source: 'from', target: 'to' };

  const points = detours(at, [link]).get(linkKey(link))?.points ?? [];

  expect(points.length).toBeGreaterThan(3);
  expect(runsOver(points, [...at.values()])).toBe(false);
});

it('finds none where a node covers the end', () => {
  const at = new Map([
    ['from', { x: 0, y: 0 }],
    ['over', { x: 590, y: 0 }],
    ['to', { x: 620, y: 0 }],
  ]);

  expect(detours(at, [{ source: 'from', target: 'to' }]).size).toBe(0);
});

it('touches no node of a project of 100 steps that were all dragged, in its time', () => {
  const { at, links } = arranged(100);
  let found = new Map<string, Route>();

  const tookMs = msOf(() => {
    found = detours(at, links);
  });

  expect(found.size).toBe(links.length);
  for (const link of links) {
    expect(runsOver(found.get(linkKey(link))?.points ?? [], [...at.values()]), linkKey(link)).toBe(false);
  }
  expect(tookMs).toBeLessThan(LIMIT_MS);
});
