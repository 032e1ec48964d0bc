// A disk that fails under a host of this very process: one of its writes, or that one and every one after it.
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { wrapFiles } from '../kill/wrap-files.ts';
import { wrapSqlite } from '../kill/wrap-sqlite.ts';
import type { Call, Gate } from '../kill/wrap-writes.ts';

export type DiskError = 'ENOSPC' | 'EDQUOT' | 'EIO' | 'EMFILE';

export interface DiskFault {
  readonly nth: number;
  readonly error: DiskError;
  /** Until somebody makes room. */
  readonly forGood: boolean;
  /** What was asked is done all the same, as on a network share whose answer got lost. */
  readonly isDone?: boolean;
}

/** A full disk still gives back, and lets go. */
const NEEDS_NO_ROOM = /^(unlink|rm|rmdir|sqlite (close|ROLLBACK))\b/;
const ALWAYS_WORKS = /^sqlite (close|ROLLBACK)\b/;

const mayFail = ({ name }: Call, error: DiskError): boolean => {
  if (error === 'EIO') return !ALWAYS_WORKS.test(name);
  return error === 'EMFILE' ? /^(open|copyFile) /.test(name) : !NEEDS_NO_ROOM.test(name);
};

const failure = ({ name }: Call, error: DiskError): Error =>
  name.startsWith('sqlite')
    ? Object.assign(new Error(error === 'EIO' ? 'disk I/O error' : 'database or disk is full'), {
        code: 'ERR_SQLITE_ERROR',
        errcode: error === 'EIO' ? 10 : 13,
      })
    : Object.assign(new Error(`${error}: ${name}`), { code: error });

export interface FailingDisk {
  /** From here on calls are counted; undefined counts all and lets none fail. */
  breaks(fault: DiskFault | undefined): void;
  /** Gives how many calls there were, and whether one failed. */
  mends(): { readonly calls: number; readonly failed: number };
}

/** One for the whole process, which does one thing at a time meanwhile. */
export const failingDisk = async (): Promise<FailingDisk> => {
  let armed = false;
  let fault: DiskFault | undefined;
  let calls = 0;
  let failed = 0;

  const fails = (call: Call): boolean => {
    if (!armed || (fault && !mayFail(call, fault.error))) return false;
    calls += 1;
    const now = fault !== undefined && (fault.forGood ? calls >= fault.nth : calls === fault.nth);
    if (now) failed += 1;
    return now;
  };
  const gate: Gate = {
    now: (call, does) => {
      if (!fails(call)) return does();
      if (fault?.isDone) does();
      throw failure(call, fault?.error ?? 'EIO');
    },
    later: async (call, does) => {
      if (!fails(call)) return does();
      // A disk is full in the middle of what is written.
      if (!fault?.isDone) await call.half?.();
      // Opened is not what is lost: nobody could close it.
      else if (!call.name.startsWith('open ')) await does();
      throw failure(call, fault?.error ?? 'EIO');
    },
  };
  await wrapFiles(gate, { root: `${tmpdir()}/`, otherDisks: false });
  await wrapSqlite(gate);
  syncBuiltinESMExports();
  return {
    breaks: (next) => {
      [armed, fault, calls, failed] = [true, next, 0, 0];
    },
    mends: () => {
      armed = false;
      return { calls, failed };
    },
  };
};
