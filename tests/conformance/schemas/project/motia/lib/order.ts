/** The schema of `order.json` as zod has it, 3 and 4 alike. */
export function order(z: any): any {
  return z.object({
    name: z.string().min(1).max(4),
    count: z.number().int().min(1).max(9),
    price: z.number().gt(0).optional(),
    kind: z.enum(['a', 'b', 'c', 'd']),
    state: z.literal('new'),
    tags: z.array(z.string()).min(1).max(2),
    code: z.string().regex(/^[A-Z]{2}$/),
    ref: z.string().uuid().optional(),
    either: z.union([z.string(), z.number()]).optional(),
    note: z.string().nullable(),
    inside: z.object({ deep: z.boolean() }).strict(),
  });
}
