// Where the embedded mode keeps its state: the folder the user names, else the one XDG provides for it.
import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { UsageError } from '../stores/usage-error.ts';
import { isAnothers, isOpenToOthers } from './private-files.ts';

/** Makes nothing: a command that is refused leaves no folder behind. */
export const stateDirOf = (
  stateDir?: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string => {
  if (stateDir) return resolve(stateDir);
  const xdg = env.XDG_STATE_HOME;
  // A relative path there is invalid and to be ignored, says the XDG specification.
  return join(xdg && isAbsolute(xdg) ? xdg : join(env.HOME || homedir(), '.local', 'state'), 'picferry');
};

/**
 * Makes it where there is none. Throws `UsageError` where another user could put records or secrets of his own there.
 * That binds root, too: root is whom it would pay most to deceive.
 */
export const openStateDir = async (stateDir: string): Promise<void> => {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const stats = await stat(stateDir);
  if (isAnothers(stats)) {
    throw new UsageError(
      `the state folder ${stateDir} belongs to another user (uid ${stats.uid}): run picferry as that user, or ${NAME_YOUR_OWN}`,
    );
  }
  if (isOpenToOthers(stats, 0o022)) {
    throw new UsageError(
      `other users may write to the state folder ${stateDir}: ${NAME_YOUR_OWN}, or take their right away ("chmod go-w") if it is for nothing else`,
    );
  }
};

const NAME_YOUR_OWN = 'name one of your own with --state-dir (one that does not exist yet is made for you alone)';
