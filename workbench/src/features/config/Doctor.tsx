/** What the doctor found on this machine and in this project, and what to do about it. */

import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX, type LucideIcon, RefreshCw, TriangleAlert } from 'lucide-react';
import { type ApiError, get, type Schemas } from '../../api/client';
import { Button } from '../../components/Button';
import { CopyButton } from '../../components/Json';
import { Empty, Failed, Loading } from '../../components/States';
import { count } from '../../lib/format';

type Finding = Schemas['FindingView'];

const LOOKS: Record<string, { icon: LucideIcon; colour: string; rank: number }> = {
  fail: { icon: CircleX, colour: 'text-bad', rank: 0 },
  warn: { icon: TriangleAlert, colour: 'text-warn', rank: 1 },
  ok: { icon: CircleCheck, colour: 'text-good', rank: 2 },
};

export function Doctor() {
  const doctor = useQuery<Schemas['FindingList'], ApiError>({
    queryKey: ['/v1/doctor'],
    queryFn: ({ signal }) => get('/v1/doctor', { signal }),
  });
  const findings = [...(doctor.data?.findings ?? [])].sort((one, other) => rank(one) - rank(other));
  const open = findings.filter((finding) => finding.status !== 'ok').length;
  return (
    <>
      <div className="flex items-center gap-3 border-b border-line bg-panel px-4 py-2">
        <span className="text-sm text-muted">
          {doctor.data === undefined
            ? ''
            : open === 0
              ? `All ${count(findings.length)} checks are well.`
              : `${count(open)} of ${count(findings.length)} checks need a look.`}
        </span>
        <div className="ml-auto flex items-center gap-2">
          {doctor.data !== undefined && (
            <CopyButton label="Copy as JSON" text={() => JSON.stringify(doctor.data, null, 2)} />
          )}
          <Button onClick={() => void doctor.refetch()} disabled={doctor.isFetching}>
            <RefreshCw size={14} className={doctor.isFetching ? 'animate-spin' : ''} aria-hidden /> Check again
          </Button>
        </div>
      </div>
      {doctor.error !== null && <Failed error={doctor.error} retry={() => void doctor.refetch()} />}
      {doctor.isPending && <Loading what="the checks" />}
      {doctor.data !== undefined && findings.length === 0 && <Empty title="The doctor checked nothing." />}
      <ul className="min-h-0 flex-1 divide-y divide-line overflow-auto">
        {findings.map((finding) => (
          <Row key={`${finding.check} ${finding.found}`} finding={finding} />
        ))}
      </ul>
    </>
  );
}

function Row({ finding }: { finding: Finding }) {
  const look = LOOKS[finding.status] ?? { icon: TriangleAlert, colour: 'text-muted' };
  const Icon = look.icon;
  return (
    <li className="grid grid-cols-[76px_minmax(110px,180px)_minmax(0,1fr)] items-start gap-3 px-4 py-2 text-sm">
      <span className={`inline-flex items-center gap-1.5 ${look.colour}`}>
        <Icon size={15} className="shrink-0" aria-hidden />
        {finding.status}
      </span>
      <span className="font-medium">{finding.check}</span>
      <span className="break-words">
        {finding.found}
        {finding.hint !== '' && finding.status !== 'ok' && <span className="block text-muted">{finding.hint}</span>}
      </span>
    </li>
  );
}

function rank(finding: Finding): number {
  return LOOKS[finding.status]?.rank ?? 1;
}
