// Runs every hour; try it at once with `motia cron run count-users`.
import { cron, logger, motia } from '@motia/core';

export default cron({ id: 'count-users', schedule: '0 * * * *', flows: ['users'] }, async () => {
  const users = Object.keys(await motia.state.list('users')).length;
  logger.info('users counted', { users });
  return { users };
});
