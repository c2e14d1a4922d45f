/** The forms of Node, each as an event and as an api step. */
import { api, event } from '@motia/core';
import { z as zod4 } from 'zod';
import { z as zod3 } from 'zod3';
import json from '../lib/order.json';
import { order } from '../lib/order';

const body = async ({ body }: { body: unknown }) => body as never;

export const zod4Event = event({ id: 'zod-4', schema: order(zod4) }, async (payload) => payload as never);
export const zod4Api = api({ id: 'zod4-body', method: 'POST', path: '/zod-4', schema: { body: order(zod4) } }, body);
export const zod3Event = event({ id: 'zod-3', schema: order(zod3) }, async (payload) => payload as never);
export const zod3Api = api({ id: 'zod3-body', method: 'POST', path: '/zod-3', schema: { body: order(zod3) } }, body);
export const jsonEvent = event({ id: 'json-schema', schema: json }, async (payload) => payload as never);
export const jsonApi = api({ id: 'json-body', method: 'POST', path: '/json-schema', schema: { body: json } }, body);
