// Answers the api step `hello`, which is written in TypeScript.
import { event } from '@motia/core';

export default event(
  {
    id: 'greet-in-javascript',
    schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  },
  async ({ name }) => `Salut, ${name}!`,
);
