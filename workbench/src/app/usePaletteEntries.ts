/** Everything the palette offers here: acts on what is open, recent places, screens, steps, settings. */
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { setPaused } from '../api/catalog';
import { get, send } from '../api/client';
import { useMayOperate } from '../api/session';
import { useSteps } from '../api/steps';
import { say, sayFailure } from '../components/Toasts';
import { segment } from '../lib/location';
import { recentPlaces } from '../lib/recent';
import { isFinal } from '../lib/states';
import { chooseTheme, type Theme } from '../lib/theme';
import type { Entry } from './palette';
import { SCREENS } from './screens';

const RECENT_SHOWN = 4;
const THEMES: readonly (readonly [Theme, string])[] = [
  ['light', 'Light colours'],
  ['dark', 'Dark colours'],
  ['system', 'Colours as the system'],
];

export function usePaletteEntries(showKeys: () => void): Entry[] {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const steps = useSteps();
  const client = useQueryClient();
  const mayOperate = useMayOperate();
  return useMemo(() => {
    const again = () => client.invalidateQueries();
    const run = /^\/runs\/([0-9a-f]{16})$/.exec(path)?.[1];
    const here = /^\/steps\/([^/]+)$/.exec(path)?.[1] ?? new URLSearchParams(search).get('step');
    const step = here === null ? undefined : steps?.find((one) => one.id === decodeURIComponent(here));
    const acts: Entry[] = [];
    const turn = (one: { id: string; is_paused: boolean }, isOnAsking: boolean): Entry => ({
      id: `pause:${one.id}${isOnAsking}`,
      title: isOnAsking
        ? `${one.is_paused ? 'Resume' : 'Pause'} ${one.id}`
        : `${one.is_paused ? 'Resume' : 'Pause'} this step`,
      about: isOnAsking ? 'Act' : one.id,
      isOnAsking,
      isByVerb: isOnAsking,
      go: () => void pause(one.id, !one.is_paused).then(again),
    });
    if (mayOperate) {
      if (run !== undefined) {
        acts.push({
          id: 'replay',
          title: 'Replay this run',
          about: run,
          go: () => void replay(run, navigate).then(again),
        });
        acts.push({
          id: 'cancel',
          title: 'Cancel this run',
          about: run,
          go: () => void cancel(run).then(again),
          isOnAsking: true,
        });
      }
      if (step !== undefined && step.kind !== 'api') acts.push(turn(step, false));
    }
    const recent = recentPlaces()
      .filter((place) => place.path !== path)
      .slice(0, RECENT_SHOWN);
    return [
      ...acts,
      ...recent.map((place) => ({ id: place.path, title: place.title, about: 'Recent', go: place.path })),
      ...SCREENS.map((screen) => ({ id: screen.path, title: screen.title, about: 'Screen', go: screen.path })),
      ...(steps ?? []).map((one) => ({
        id: `step:${one.id}`,
        title: one.id,
        about: `${one.kind} step in ${one.language}`,
        go: `/steps/${segment(one.id)}`,
        isOnAsking: true,
      })),
      ...(mayOperate ? (steps ?? []).filter((one) => one.kind !== 'api').map((one) => turn(one, true)) : []),
      ...THEMES.map(([theme, title]) => ({
        id: theme,
        title,
        about: 'Theme',
        go: () => chooseTheme(theme),
        isOnAsking: true,
      })),
      { id: 'keys', title: 'Keys', about: 'Help', go: showKeys, isOnAsking: true },
    ];
  }, [path, search, steps, client, mayOperate, navigate, showKeys]);
}

async function pause(step: string, isPaused: boolean): Promise<void> {
  try {
    await setPaused(step, isPaused);
    say(isPaused ? `${step} is paused: its runs wait.` : `${step} goes on.`);
  } catch (error) {
    sayFailure(error);
  }
}

async function replay(run: string, navigate: (path: string) => void): Promise<void> {
  try {
    const { state, step } = await get('/v1/runs/{run}', { params: { run } });
    if (!isFinal(state)) {
      say(`The run is ${state}: only a finished one is replayed.`);
      return;
    }
    const made = (await send('post', '/v1/runs/{run}/replay', { params: { run }, body: {} as never })) as {
      runId: string;
    };
    say(`Replayed ${step} as run ${made.runId}.`);
    navigate(`/runs/${made.runId}`);
  } catch (error) {
    sayFailure(error);
  }
}

async function cancel(run: string): Promise<void> {
  try {
    const done = await send('post', '/v1/runs/{run}/cancel', { params: { run } });
    say(done.state === 'cancelled' ? 'The run is cancelled.' : 'The run was asked to stop.');
  } catch (error) {
    sayFailure(error);
  }
}
