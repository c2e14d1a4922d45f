// A helper module: it defines no step.
const { response } = require('@motia/core');

exports.guard = async (request, ctx, next) => {
  if (request.headers.authorization === undefined) return response({ error: 'who are you' }, { status: 401 });
  const answer = await next();
  return answer.withHeader('x-step', ctx.stepId);
};
