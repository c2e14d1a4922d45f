// Lets tests import `@motia/core` in a project that has not installed it: they get the library of the engine that
// runs them. What the project has installed goes first, as everywhere in Node.
import { register } from 'node:module';

const PACKAGE = '@motia/core';
const FILES = { [PACKAGE]: '../dist/index.mjs', [`${PACKAGE}/testing`]: '../dist/testing.mjs' };

if (import.meta.url.includes('?')) {
  // Loaded as hooks, on the thread of Node's loader: nothing is to be done but to export them.
} else {
  register(`${import.meta.url}?hooks`);
}

export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    const file = FILES[specifier];
    if (file === undefined || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return { url: new URL(file, import.meta.url).href, shortCircuit: true };
  }
}
