// A Chromium for the browser tests: CHROMIUM_PATH, else the one inside @sparticuz/chromium, else one on the PATH.
import { execFile } from 'node:child_process';
import { access, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../.cache/chromium/', import.meta.url));
/** As Debian and others name it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Its own names places in Lambda: here its fonts come first, and the machine's, if it has any, after them. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

export interface Chromium {
  readonly executablePath: string;
  /** What it needs beside this process's own environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Throws where no Chromium starts, and says what to do: a browser test that is skipped proves nothing. */
export const findChromium = async (): Promise<Chromium> => {
  const { CHROMIUM_PATH: asked } = process.env;
  const tried: string[] = [];
  for (const candidates of asked ? [() => [installed(asked)]] : [bundled, onThePath]) {
    try {
      for (const candidate of await candidates()) {
        const problem = await problemOf(candidate);
        if (problem === undefined) return candidate;
        tried.push(`${candidate.executablePath}: ${problem}`);
      }
    } catch (error) {
      tried.push((error as Error).message);
    }
  }
  throw new Error(
    `The browser tests need a Chromium that starts. Install one (on Debian and Ubuntu: apt install chromium), or set CHROMIUM_PATH to one. Tried:\n  ${tried.join('\n  ')}`,
  );
};

const installed = (executablePath: string): Chromium => ({ executablePath, env: {} });

const onThePath = async (): Promise<Chromium[]> => {
  const places = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found: Chromium[] = [];
  for (const path of NAMES.flatMap((name) => places.map((folder) => join(folder, name)))) {
    if (await isThere(path, constants.X_OK)) found.push(installed(path));
  }
  return found;
};

/** First with the machine's own libraries; those that came with it serve where some are missing. */
const bundled = async (): Promise<Chromium[]> => {
  if (process.platform !== 'linux') return [];
  const folder = await unpacked();
  const executablePath = join(folder, 'chromium');
  const fonts = { FONTCONFIG_PATH: join(folder, 'fonts') };
  return [
    { executablePath, env: fonts },
    { executablePath, env: { ...fonts, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') } },
  ];
};

/**
 * The package unpacks into the temporary folder and takes whatever stands there for whole, even what another process
 * has half written. So it unpacks into a folder of its own, which is then renamed: of two who come at once one is second.
 */
const unpacked = async (): Promise<string> => {
  const require = createRequire(import.meta.url);
  const entry = import.meta.resolve('@sparticuz/chromium');
  const { version } = require(fileURLToPath(new URL('../package.json', entry))) as { version: string };
  const folder = join(CACHE, version);
  if (await isThere(folder, constants.F_OK)) return folder;
  const unpacking = `${folder}.${process.pid}`;
  await mkdir(unpacking, { recursive: true });
  try {
    const libraries = fileURLToPath(new URL('../bin/al2023.tar.br', entry));
    const script = `const { default: chromium, inflate } = await import(${JSON.stringify(entry)});
      await chromium.executablePath();
      await inflate(${JSON.stringify(libraries)});`;
    await run(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, TMPDIR: unpacking },
    });
    await writeFile(join(unpacking, 'fonts', 'fonts.conf'), FONTS);
    await rename(unpacking, folder).catch(async (error: Error) => {
      if (!(await isThere(folder, constants.F_OK))) throw error;
    });
    return folder;
  } finally {
    await rm(unpacking, { recursive: true, force: true });
  }
};

const isThere = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** undefined: it starts. Every library is loaded before it says its version. */
const problemOf = async ({ executablePath, env }: Chromium): Promise<string | undefined> => {
  try {
    await run(executablePath, ['--version'], { env: { ...process.env, ...env }, timeout: 60_000 });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    return (stderr?.trim() || message).split('\n')[0];
  }
};
