// Bundles the CLI into dist/.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { ROOT } from './set-up.js';

const outdir = join(ROOT, 'dist');
rmSync(outdir, { recursive: true, force: true });
await bundle({ picferry: 'lib/cli/main.ts' }, outdir);
