// The body that every HTTP rival validates, and the answer that each gives: as in ours-ts.
import { z } from 'zod';

export const Item = z.object({
  name: z.string().min(1),
  price: z.number(),
  tags: z.array(z.string()),
  stock: z.number().int(),
});

export const answer = (item) => ({ name: item.name, total: item.price * item.stock, tags: item.tags });
