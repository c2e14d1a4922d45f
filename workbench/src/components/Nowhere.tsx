/** For an address that no screen has. */
import { Empty } from './States';

export function Nowhere() {
  return <Empty title="There is nothing at this address.">Ctrl-K finds screens, steps and runs.</Empty>;
}
