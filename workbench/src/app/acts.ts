/** What the palette does: each act tells what became of it. */
import { setPaused } from '../api/catalog';
import { get, send } from '../api/client';
import { say, sayFailure } from '../components/Toasts';
import { segment } from '../lib/location';
import { isFinal } from '../lib/states';

export async function pause(step: string, isPaused: boolean): Promise<void> {
  try {
    await setPaused(step, isPaused);
    say(isPaused ? `${step} is paused: its runs wait.` : `${step} goes on.`);
  } catch (error) {
    sayFailure(error);
  }
}

/** `waits`: the step is paused. */
export async function fire(step: string, waits: boolean): Promise<void> {
  try {
    const { runId } = await send('post', '/v1/cron/{step}/run', { params: { step } });
    say(waits ? `${step} was fired; its run waits until it is resumed.` : `${step} was fired.`, false, {
      href: `/runs/${segment(runId)}`,
      title: 'Open the run',
    });
  } catch (error) {
    sayFailure(error);
  }
}

export async function replay(run: string, navigate: (path: string) => void): Promise<void> {
  try {
    const { state, step } = await get('/v1/runs/{run}', { params: { run } });
    if (!isFinal(state)) {
      say(`The run is ${state}: only a finished one is replayed.`);
      return;
    }
    const made = await send('post', '/v1/runs/{run}/replay', { params: { run } });
    say(`Replayed ${step} as run ${made.runId}.`);
    navigate(`/runs/${made.runId}`);
  } catch (error) {
    sayFailure(error);
  }
}

export async function cancel(run: string): Promise<void> {
  try {
    const done = await send('post', '/v1/runs/{run}/cancel', { params: { run } });
    say(done.state === 'cancelled' ? 'The run is cancelled.' : 'The run was asked to stop.');
  } catch (error) {
    sayFailure(error);
  }
}
