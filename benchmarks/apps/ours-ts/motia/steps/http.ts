// The two routes that the HTTP rivals have.
import { api } from '@motia/core';
import { z } from 'zod';

const Item = z.object({
  name: z.string().min(1),
  price: z.number(),
  tags: z.array(z.string()),
  stock: z.number().int(),
});

export const hello = api({ id: 'hello', method: 'GET', path: '/hello/:name' }, ({ params }) => ({ hello: params.name }));

export const create = api({ id: 'create', method: 'POST', path: '/items', schema: { body: Item } }, ({ body }) => ({
  name: body.name,
  total: body.price * body.stock,
  tags: body.tags,
}));
