// The two routes on Express with zod.
import express from 'express';
import { answer, Item } from './item.mjs';
import { serve } from './processes.mjs';

const app = express();
app.use(express.json());
app.get('/hello/:name', (request, response) => {
  response.json({ hello: request.params.name });
});
app.post('/items', (request, response) => {
  const read = Item.safeParse(request.body);
  if (read.success) response.json(answer(read.data));
  else response.status(422).json({ problems: read.error.issues });
});
serve((port) => app.listen(port, '127.0.0.1'));
