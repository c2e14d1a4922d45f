// The two routes on Hono with zod, on its Node server.
import { serve as listen } from '@hono/node-server';
import { Hono } from 'hono';
import { answer, Item } from './item.mjs';
import { serve } from './processes.mjs';

const app = new Hono();
app.get('/hello/:name', (c) => c.json({ hello: c.req.param('name') }));
app.post('/items', async (c) => {
  const read = Item.safeParse(await c.req.json());
  return read.success ? c.json(answer(read.data)) : c.json({ problems: read.error.issues }, 422);
});
serve((port) => listen({ fetch: app.fetch, port, hostname: '127.0.0.1' }));
