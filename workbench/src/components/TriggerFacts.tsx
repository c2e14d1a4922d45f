/** What is known of the trigger of a run beyond its kind: facts, instants among them. */
import { triggerInfo } from '../lib/trigger';
import type { Fact } from './Facts';
import { Time } from './Time';

export function triggerFacts(info: unknown): Fact[] {
  const { instants, texts } = triggerInfo(info);
  return [...instants.map(([name, at]): Fact => [name, <Time key={name} at={at} isClock />]), ...texts];
}
