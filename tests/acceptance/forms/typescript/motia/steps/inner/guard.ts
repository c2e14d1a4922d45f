// A helper module: it defines no step.
import { type Middleware, response } from '@motia/core';

export const guard: Middleware = async (request, ctx, next) => {
  if (request.headers.authorization === undefined) return response({ error: 'who are you' }, { status: 401 });
  const answer = await next();
  return answer.withHeader('x-step', ctx.stepId);
};
