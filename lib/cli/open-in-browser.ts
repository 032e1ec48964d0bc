// Opens a page in the user's browser, with what the system has for it.
import { spawn } from 'node:child_process';

/** How long an opener may take to say that it cannot; a browser that it became runs on. */
const PATIENCE_MS = 3_000;

/** undefined: opened, as far as anybody can tell. Else why not. */
export const openInBrowser = (page: URL, platform: NodeJS.Platform = process.platform): Promise<string | undefined> => {
  const [command, args] = openerOf(page, platform);
  return new Promise((resolve) => {
    const opener = spawn(command, args, { stdio: 'ignore', detached: platform !== 'win32' });
    const patience = setTimeout(() => resolve(undefined), PATIENCE_MS);
    const end = (why: string | undefined) => {
      clearTimeout(patience);
      resolve(why);
    };
    opener.once('error', ({ message }) => end(message));
    opener.once('exit', (code) => end(code === 0 ? undefined : `${command} ended with ${code}`));
    opener.unref();
  });
};

/** Openers start whatever a URL's scheme stands for, and `cmd` would read the URL as a command. */
export const openerOf = ({ protocol, href }: URL, platform: NodeJS.Platform): readonly [string, readonly string[]] => {
  if (!/^(?:https?|file):$/.test(protocol)) throw new Error(`a browser is not asked to open ${protocol} URLs`);
  if (platform === 'darwin') return ['open', [href]];
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', href]];
  return ['xdg-open', [href]];
};
