/** Traces: all that came of one trigger, on one time line. */
import { useRoute } from 'wouter';
import { TraceDetail } from './TraceDetail';
import { TraceList } from './TraceList';

export default function TracesScreen() {
  const [, params] = useRoute('/traces/:id');
  return params?.id === undefined ? <TraceList /> : <TraceDetail key={params.id} id={params.id} />;
}
