// Picferry as it is installed: bundled, with nothing beside it but its entry.
import { execFile } from 'node:child_process';
import { access, cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The beginning of a command line. Built once for a run. */
export const builtPicferry = async (project: string, scratch: string): Promise<string[]> => {
  const folder = join(scratch, 'package');
  const entry = join(folder, 'bin/picferry.js');
  const isThere = await access(entry).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(join(folder, 'bin'), { recursive: true });
    await promisify(execFile)(process.execPath, [join(project, 'scripts/build.ts'), join(folder, 'dist')], {
      cwd: project,
    });
    await cp(join(project, 'package.json'), join(folder, 'package.json'));
    await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
    await cp(join(project, 'bin/picferry.js'), entry);
  }
  return [process.execPath, entry];
};
