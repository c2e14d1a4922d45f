// A second background step: it runs beside the first one.
import { event, logger, motia } from '@motia/core';
import { z } from 'zod';

export default event(
  { id: 'analyze-user', flows: ['users'], schema: z.object({ userId: z.string(), email: z.string() }) },
  async ({ userId, email }) => {
    const domain = email.slice(email.lastIndexOf('@') + 1);
    const users = await motia.state.increment('users-by-domain', domain);
    logger.info('user analyzed', { userId, domain });
    return { domain, users };
  },
);
