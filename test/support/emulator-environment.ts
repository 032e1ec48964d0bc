// The emulator's Python environment: made on first use in .cache/emulator, never touched again while its pins stay the same.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL('./emulator-requirements.txt', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.cache/emulator/', import.meta.url));
const NEEDED = 'The tests run an AWS emulator that needs Python >= 3.10 with the venv module, as `python3` on the PATH';

/** Makes the environment where it is missing and returns its Python. Safe to call from several processes at once. */
export const prepareEmulator = async (): Promise<string> => {
  const pins = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .digest('hex');
  const folder = `${CACHE}${pins.slice(0, 12)}`;
  const python = `${folder}/bin/python`;
  if (await works(python)) return python;
  await checkPython();
  // Built apart and renamed: nobody ever sees half an environment, and of two builders one simply comes second.
  const building = `${folder}.${process.pid}`;
  await mkdir(CACHE, { recursive: true });
  await run('python3', ['-m', 'venv', building]).catch(refuse('python3 -m venv failed'));
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
  await run(`${building}/bin/python`, install).catch(refuse('pip could not install the emulator'));
  await replace(building, folder, python);
  return python;
};

/** A renamed environment works as long as only its `bin/python` is called; a broken one may stand in the way. */
const replace = async (building: string, folder: string, python: string): Promise<void> => {
  try {
    await rename(building, folder);
  } catch {
    if (!(await works(python))) {
      await rm(folder, { recursive: true, force: true });
      await rename(building, folder);
    }
    await rm(building, { recursive: true, force: true });
  }
};

const works = async (python: string): Promise<boolean> => {
  try {
    await access(python);
    await run(python, ['-c', 'import ministack, botocore, hypercorn']);
    return true;
  } catch {
    return false;
  }
};

const checkPython = async (): Promise<void> => {
  const question = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const { stdout } = await run('python3', ['-c', question]).catch(refuse('there is none'));
  const [major = 0, minor = 0] = stdout.trim().split('.').map(Number);
  if (major < 3 || (major === 3 && minor < 10)) throw new Error(`${NEEDED}; there is ${stdout.trim()}.`);
};

const refuse =
  (what: string) =>
  (error: Error & { readonly stderr?: string }): never => {
    throw new Error(`${NEEDED}; ${what}.\n${error.stderr?.trim() || error.message}`, { cause: error });
  };
