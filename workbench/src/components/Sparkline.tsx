/** A small line of numbers over time. Decorative: what matters stands beside it in words. */
export function Sparkline({ values, colour = 'var(--accent)' }: { values: readonly number[]; colour?: string }) {
  const [width, height] = [96, 22];
  const top = Math.max(...values, 1);
  const points = values
    .map(
      (value, at) =>
        `${((at / Math.max(values.length - 1, 1)) * width).toFixed(1)},${(height - 1 - (value / top) * (height - 2)).toFixed(1)}`,
    )
    .join(' ');
  return (
    <svg width={width} height={height} aria-hidden className="overflow-visible">
      <polyline points={points} fill="none" stroke={colour} strokeWidth={1.5} strokeLinejoin="round" />
    </svg>
  );
}
