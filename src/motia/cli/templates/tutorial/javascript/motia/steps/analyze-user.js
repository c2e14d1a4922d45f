// A second background step: it runs beside the first one.
import { event, logger, motia } from '@motia/core';

export default event(
  {
    id: 'analyze-user',
    flows: ['users'],
    schema: {
      type: 'object',
      properties: { userId: { type: 'string' }, email: { type: 'string' } },
      required: ['userId', 'email'],
    },
  },
  async ({ userId, email }) => {
    const domain = email.slice(email.lastIndexOf('@') + 1);
    const users = await motia.state.increment('users-by-domain', domain);
    logger.info('user analyzed', { userId, domain });
    return { domain, users };
  },
);
