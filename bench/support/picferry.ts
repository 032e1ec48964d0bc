// Picferry, and parts of it that a benchmark runs alone, as it is installed: bundled.
import { access, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';

/** The beginning of a command line. Built once for a run. */
export const builtPicferry = async (project: string, scratch: string): Promise<string[]> => {
  const folder = join(scratch, 'package');
  const entry = join(folder, 'bin/picferry.js');
  if (!(await isThere(entry))) {
    await mkdir(join(folder, 'bin'), { recursive: true });
    await bundle({ picferry: 'lib/cli/main.ts' }, join(folder, 'dist'));
    await cp(join(project, 'package.json'), join(folder, 'package.json'));
    await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
    await cp(join(project, 'bin/picferry.js'), entry);
  }
  return [process.execPath, entry];
};

/** The same of a program of the benchmarks: `bench/<name>.ts`, with code compiled once, as bin/picferry.js has it. */
export const builtProgram = async (name: string, scratch: string): Promise<string[]> => {
  const folder = join(scratch, name);
  const entry = join(folder, 'start.mjs');
  if (!(await isThere(entry))) {
    await bundle({ [name]: `bench/${name}.ts` }, folder);
    const start = `import { enableCompileCache } from 'node:module';\nenableCompileCache();\nawait import('./${name}.js');\n`;
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    await writeFile(entry, start);
  }
  return [process.execPath, entry];
};

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
