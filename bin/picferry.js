#!/usr/bin/env node
// The command's entry: plain JavaScript that Node 10 parses too, as a script or as a module, because whoever has
// an old Node should read one sentence and no stack trace.
const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(`Picferry needs Node.js ${NEEDED} or newer; this is Node.js ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  // Compiled code is kept between runs: half of what a small check takes.
  import('node:module').then((node) => node.enableCompileCache?.());
  // The package has no lib/; the project has no need of a dist/ that may be older than its source.
  import('../lib/cli/main.ts')
    .catch((error) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/\/lib\/cli\/main\.ts$/.test(error.url)) throw error;
      return import('../dist/picferry.js');
    })
    .then((cli) => cli.main(process.argv))
    .catch((error) => {
      console.error(error);
      process.exitCode = 3;
    });
}
