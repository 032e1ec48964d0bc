// `npm start`: a whole migration to look at, on made-up servers or (--source X --destination Y) on one's own.
import { run } from './set-up.js';

run('scripts/demo.ts', ...process.argv.slice(2));
