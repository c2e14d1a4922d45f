/** Steps: all of them, and everything about one. */
import { useRoute } from 'wouter';
import { idOf } from '../../lib/written';
import { StepList } from './StepList';
import { StepScreen } from './StepScreen';

export default function Steps() {
  const [isOne, params] = useRoute('/steps/:id');
  const id = isOne ? idOf(params.id) : undefined;
  return id === undefined ? <StepList /> : <StepScreen key={id} id={id} />;
}
