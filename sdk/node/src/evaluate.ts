/** `node evaluate.mjs ROOT OUT FILE…`: says as JSON what files of configuration and events export. */

import { main } from './loading/evaluation.js';

await main(process.argv.slice(2));
