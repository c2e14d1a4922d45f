/** uPlot in React, behind `Chart`. A drag over it picks a time. */
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Line {
  name: string;
  values: readonly (number | null)[];
  /** A token of the theme: `good`, `bad`, `accent`… */
  colour: string;
  dash?: number[];
  isFilled?: boolean;
}

const HEIGHT_PX = 160;
const POINTS_MAX = 12;

export default function UplotChart({
  label,
  at,
  lines,
  format,
  onPick,
}: {
  label: string;
  at: readonly number[];
  lines: readonly Line[];
  format: (value: number) => string;
  onPick?: (since: string, until: string) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ format, onPick });
  latest.current = { format, onPick };
  const theme = useTheme();
  const shape = lines.map((line) => line.name).join('|');
  const data = [at, ...lines.map((line) => line.values)] as unknown as uPlot.AlignedData;
  const held = useRef(data);
  held.current = data;

  // biome-ignore lint/correctness/useExhaustiveDependencies: new values are put into the same chart below
  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    const axis = {
      stroke: token('muted'),
      grid: { stroke: token('line'), width: 1 },
      ticks: { stroke: token('line'), width: 1, size: 4 },
      font: '11px system-ui, sans-serif',
    };
    const made = new uPlot(
      {
        width: box.clientWidth,
        height: HEIGHT_PX,
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
        scales: { y: { range: (_, __, top) => [0, Math.max(top * 1.1, Number.MIN_VALUE)] } },
        axes: [
          { ...axis, values: '{HH}:{mm}', size: 30 },
          { ...axis, size: roomFor, values: (_, splits) => splits.map((value) => latest.current.format(value)) },
        ],
        series: [
          {},
          ...lines.map((line) => ({
            label: line.name,
            stroke: token(line.colour),
            width: 1.5,
            points: { show: isSparse, size: 4, width: 1 },
            spanGaps: false,
            ...(line.dash === undefined ? {} : { dash: line.dash }),
            ...(line.isFilled ? { fill: `${token(line.colour)}22` } : {}),
          })),
        ],
        hooks: {
          setSelect: [
            (u) => {
              if (u.select.width < 4) return;
              const [from, to] = [u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x')];
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              latest.current.onPick?.(new Date(from * 1_000).toISOString(), new Date(to * 1_000).toISOString());
            },
          ],
        },
      },
      held.current,
      box,
    );
    chart.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: HEIGHT_PX }));
    sizes.observe(box);
    return () => {
      sizes.disconnect();
      made.destroy();
    };
  }, [shape, theme]);

  useEffect(() => chart.current?.setData(data));

  return <div ref={place} role="img" aria-label={label} className="h-40 min-w-0" />;
}

/** As wide as the longest label: `6 min 40 s` takes more than `10/s`. */
function roomFor(_: uPlot, labels: readonly string[] | null): number {
  return Math.max(48, Math.max(0, ...(labels ?? []).map((label) => label.length)) * 6.5 + 16);
}

/** Lines through few values show them as points: a single one has no line. */
function isSparse(chart: uPlot, series: number): boolean {
  return (chart.data[series] ?? []).filter((value) => value !== null).length <= POINTS_MAX;
}

/** The theme of the page: colours of a canvas do not follow it by themselves. */
function useTheme(): string {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => {
    const watcher = new MutationObserver(() => setTheme(currentTheme()));
    watcher.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => watcher.disconnect();
  }, []);
  return theme;
}

function currentTheme(): string {
  return document.documentElement.dataset.theme ?? 'light';
}
