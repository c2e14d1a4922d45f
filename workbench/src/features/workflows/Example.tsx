/** A small configuration, for who has none. */
import { CopyButton } from '../../components/Json';

const FILE = 'motia/workflows/order.yaml';
const TEXT = `id: order
start: place-order        # the step whose run opens an instance
steps:
  reserve-stock: {}
  charge-card: { after: [reserve-stock] }
  print-label: { after: [charge-card] }
on_failure: release-stock # triggered once, when a step is dead
timeout: 1h
`;

export function Example() {
  return (
    <figure className="mt-3 w-full max-w-xl overflow-hidden rounded-md border border-line text-left">
      <figcaption className="flex items-center border-b border-line bg-raised px-3 py-1 text-xs">
        <code className="font-mono">{FILE}</code>
        <span className="ml-auto">
          <CopyButton text={() => TEXT} />
        </span>
      </figcaption>
      <pre className="overflow-x-auto bg-panel p-3 font-mono text-[13px] text-ink">{TEXT}</pre>
    </figure>
  );
}
