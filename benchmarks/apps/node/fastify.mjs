// The two routes on Fastify with fastify-type-provider-zod.
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { answer, Item } from './item.mjs';
import { serve } from './processes.mjs';

const app = Fastify();
app.setValidatorCompiler(validatorCompiler);
app.setSerializerCompiler(serializerCompiler);
app.get('/hello/:name', async (request) => ({ hello: request.params.name }));
app.post('/items', { schema: { body: Item } }, async (request) => answer(request.body));
serve((port) => app.listen({ port, host: '127.0.0.1' }));
