// Who holds a lock, embedded: a process, named so that another one given the same number later is not mistaken for it.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Liveness } from '../workflow/ports.ts';

const run = promisify(execFile);

export const createProcessLiveness = async (): Promise<Liveness> => {
  const mine = nameOf(process.pid, await startOf(process.pid));
  return { mine, isDead: async (holder) => holder !== mine && (await isDead(holder)) };
};

/** `<pid>/<start>`; the start is empty where this system does not tell it. */
const nameOf = (pid: number, start: Start): string => `${pid}/${start === 'gone' ? '' : start}`;

const isDead = async (holder: string): Promise<boolean> => {
  const slash = holder.indexOf('/');
  const pid = Number(holder.slice(0, slash));
  const started = holder.slice(slash + 1);
  // A name this version never gave: nobody can tell, and a lock that stays is better than one taken from the living.
  if (slash < 1 || !Number.isSafeInteger(pid) || pid < 1) return false;
  if (!runs(pid)) return true;
  const start = await startOf(pid);
  return start === 'gone' || (started !== '' && start !== '' && start !== started);
};

export const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** `gone`: ended, although its parent has not asked for it yet, so that its number still stands for it. */
type Start = 'gone' | (string & {});

const startOf = async (pid: number): Promise<Start> => {
  try {
    if (process.platform === 'linux') return await startOnLinux(pid);
    if (process.platform === 'darwin') return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim();
  } catch {
    // It ended in between, or this system hides other people's processes: its number decides alone.
  }
  return '';
};

/** Which boot, and ticks since it: field 22 of stat. A number used again after a restart is another process. */
const startOnLinux = async (pid: number): Promise<Start> => {
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
  ]);
  // Field 2 is the command in brackets and may itself hold spaces and brackets: field 3 follows the last one.
  const fromField3 = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fromField3[0] === 'Z' || fromField3[0] === 'X') return 'gone';
  return `${boot.trim()}.${fromField3[22 - 3]}`;
};
