// GET /users/:id reads what POST /users kept.
import { api, HttpError, motia } from '@motia/core';

export interface User {
  id: string;
  name: string;
  email: string;
}

export default api({ id: 'get-user', method: 'GET', path: '/users/:id', flows: ['users'] }, async ({ params }) => {
  const user = await motia.state.get<User>('users', params.id);
  if (user === null) throw new HttpError(404, `There is no user ${params.id}`);
  return user;
});
