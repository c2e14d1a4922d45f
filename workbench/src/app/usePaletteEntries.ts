/** Everything the palette offers here: acts on what is open, recent places, screens, steps, settings. */
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { useStepList } from '../api/catalog';
import { useMayOperate } from '../api/session';
import { segment } from '../lib/location';
import { recentPlaces } from '../lib/recent';
import { chooseTheme, type Theme } from '../lib/theme';
import { idOf } from '../lib/written';
import { cancel, fire, pause, replay } from './acts';
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
  const steps = useStepList();
  const client = useQueryClient();
  const mayOperate = useMayOperate();
  return useMemo(() => {
    const again = () => client.invalidateQueries();
    const run = /^\/runs\/([0-9a-f]{16})$/.exec(path)?.[1];
    const open = /^\/steps\/([^/]+)$/.exec(path)?.[1];
    const here = open === undefined ? new URLSearchParams(search).get('step') : idOf(open);
    const step = here === null ? undefined : steps?.find((one) => one.id === here);
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
    const fireNow = (one: { id: string; is_paused: boolean }, isOnAsking: boolean): Entry => ({
      id: `fire:${one.id}${isOnAsking}`,
      title: isOnAsking ? `Run ${one.id} now` : 'Run this step now',
      about: isOnAsking ? 'Act' : one.id,
      isOnAsking,
      isByVerb: isOnAsking,
      go: () => void fire(one.id, one.is_paused).then(again),
    });
    const perStep = (steps ?? []).flatMap((one) =>
      one.kind === 'api' ? [] : one.kind === 'cron' ? [turn(one, true), fireNow(one, true)] : [turn(one, true)],
    );
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
      if (step?.kind === 'cron') acts.push(fireNow(step, false));
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
      ...(mayOperate ? perStep : []),
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
