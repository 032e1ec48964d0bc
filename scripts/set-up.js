// Installs what the project needs when it is missing or older than package-lock.json, and tells which Node runs it.
// Plain JavaScript for Node 20 and newer: this runs before the project's own Node is there.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NEEDED = 24;

/** npm writes its own copy of the lock file last, so its age is the installation's. */
const isInstalled = () => {
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs;
};

/** Leaves the process where nothing can go on. Returns the path of a Node that runs TypeScript. */
export const setUp = () => {
  if (!isInstalled()) {
    console.error('Installing what the project needs (npm ci) …');
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: ROOT,
      // stdout is for what the script has to say.
      stdio: ['inherit', process.stderr, 'inherit'],
      shell: process.platform === 'win32',
    });
    if (status !== 0) process.exit(status ?? 1);
  }
  // Its install script puts the binary there; where scripts are off, the Node that runs this may do.
  const own = join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath;
  console.error(
    `Node.js ${NEEDED} is missing: allow npm's install scripts and run "npm ci" again, or use Node.js ${NEEDED}.`,
  );
  return process.exit(1);
};

/** Runs a script of the project with the Node it needs, and ends as it ends. */
export const run = (...args) => {
  const node = setUp();
  const { status, signal, error } = spawnSync(node, args, { cwd: ROOT, stdio: 'inherit' });
  if (error) throw error;
  process.exitCode = status ?? (signal === 'SIGINT' ? 130 : 1);
};
