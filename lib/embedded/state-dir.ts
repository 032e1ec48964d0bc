// Where the embedded mode keeps its state: the folder the user names, else the one XDG provides for it.
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

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
