/** Endpoints: the project's HTTP API, to read and to try. */
import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { Link, useLocation, useRoute } from 'wouter';
import { getApiDocument, type StepView, useSteps } from '../../api/catalog';
import { Button } from '../../components/Button';
import { SearchField } from '../../components/Inputs';
import { Method } from '../../components/Kind';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { sayFailure } from '../../components/Toasts';
import { isTyping, useKey } from '../../lib/keyboard';
import { linkTo, segment, useFilters } from '../../lib/location';
import { idOf } from '../../lib/written';
import { Endpoint } from './Endpoint';

export default function Endpoints() {
  const [filters, set] = useFilters();
  const [, navigate] = useLocation();
  const [isOne, params] = useRoute('/endpoints/:id');
  const { data, error, refetch } = useSteps();
  const all = useMemo(() => endpointsOf(data?.steps ?? []), [data]);
  const text = (filters.q ?? '').toLowerCase();
  const rows = all.filter((step) => `${step.method} ${step.path} ${step.id}`.toLowerCase().includes(text));
  const wanted = isOne ? idOf(params.id) : undefined;
  const chosen = wanted === undefined ? rows[0] : all.find((step) => step.id === wanted);
  const to = (step: StepView) => linkTo(`/endpoints/${segment(step.id)}`, { q: filters.q });

  const go = (by: number) => {
    const at = rows.findIndex((step) => step.id === chosen?.id);
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (next !== undefined) navigate(to(next), { replace: true });
  };
  useKey('j', (event) => !isTyping(event.target) && go(1));
  useKey('k', (event) => !isTyping(event.target) && go(-1));

  return (
    <Page
      title="Endpoints"
      actions={
        <Button onClick={() => download().catch(sayFailure)} disabled={all.length === 0}>
          <Download size={14} aria-hidden /> OpenAPI
        </Button>
      }
    >
      {error !== null ? (
        <Failed error={error} retry={() => refetch()} />
      ) : data === undefined ? (
        <Loading what="endpoints" />
      ) : all.length === 0 ? (
        <Empty title="The project has no api step.">
          An api step has a method and a path, and answers HTTP requests. It stands here as soon as its file is saved.
        </Empty>
      ) : (
        <div className="flex min-h-0 flex-1">
          <nav
            aria-label="Endpoints"
            className="flex w-60 shrink-0 flex-col border-r border-line bg-panel max-[900px]:w-52"
          >
            <div className="border-b border-line p-2 [&_input]:w-full">
              <SearchField label="Find an endpoint" value={filters.q ?? ''} onChange={(q) => set({ q })} />
            </div>
            <ul className="min-h-0 flex-1 overflow-y-auto">
              {rows.map((step) => (
                <li key={step.id}>
                  <Link
                    href={to(step)}
                    aria-current={step.id === chosen?.id ? 'page' : undefined}
                    title={step.id}
                    className={`flex items-baseline gap-2 px-3 py-1.5 ${step.id === chosen?.id ? 'bg-accent-soft' : 'hover:bg-raised'}`}
                  >
                    <span className="w-12 shrink-0">
                      <Method method={step.method ?? ''} />
                    </span>
                    <span className="min-w-0 break-all font-mono text-[13px]">{step.path}</span>
                  </Link>
                </li>
              ))}
              {rows.length === 0 && <li className="px-3 py-2 text-sm text-muted">No endpoint has this name.</li>}
            </ul>
          </nav>
          {chosen === undefined ? (
            <div className="flex-1">
              <Empty title={wanted === undefined ? 'No endpoint fits.' : `There is no endpoint ${wanted}.`} />
            </div>
          ) : (
            <Endpoint key={chosen.id} step={chosen} />
          )}
        </div>
      )}
    </Page>
  );
}

function endpointsOf(steps: readonly StepView[]): StepView[] {
  const order = (step: StepView) => `${step.path} ${step.method}`;
  return steps.filter((step) => step.kind === 'api').sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

async function download(): Promise<void> {
  const text = JSON.stringify(await getApiDocument(), null, 2);
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'openapi.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
