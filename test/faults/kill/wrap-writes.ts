// Stands between a program and everything it changes (files, records, objects), counts, and ends it at one of those calls.
import fs, { writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { wrapFiles } from './wrap-files.ts';
import { wrapRequests } from './wrap-requests.ts';
import { wrapSqlite } from './wrap-sqlite.ts';

/** Before a call takes effect, after it and before the program learns of it, or half-way through its bytes. */
export type Moment = 'before' | 'after' | 'halfWay';

/** A call by what it does and how many did the same before it, which fits the next run too; or by how many came before it. */
export type Point = { readonly moment: Moment } & ({ readonly call: string } | { readonly nth: number });

export interface Killing {
  readonly at?: Point;
  /** SIGSTOP: it falls asleep there, and does what it was about to do when it is woken. */
  readonly signal?: 'SIGKILL' | 'SIGSTOP';
  /** Only what lies below this folder is the program's own: Node itself writes elsewhere. */
  readonly root?: string;
  /** A file that gets the name of every call, one a line. */
  readonly log?: string;
  /** Every folder below the root is another disk: no link or rename reaches from one to the other. */
  readonly otherDisks?: boolean;
}

export interface Call {
  /** What it does, in words that are the same in every run. */
  readonly name: string;
  /** Does only half of it. */
  readonly half?: () => unknown;
}

/** Around one call that changes something. */
export interface Gate {
  now<T>(call: Call, does: () => T): T;
  later<T>(call: Call, does: () => Promise<T>): Promise<T>;
}

export const wrapWrites = async ({ at, signal = 'SIGKILL', root = '/', log, otherDisks }: Killing): Promise<void> => {
  const logFile = log === undefined ? undefined : fs.openSync(log, 'a');
  const seen = new Map<string, number>();
  let count = 0;

  const momentOf = ({ name, half }: Call): Moment | undefined => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    count += 1;
    const call = `${name} (${times})`;
    if (logFile !== undefined) writeSync(logFile, `${call}${half ? '\thalfWay' : ''}\n`);
    if (at === undefined || ('nth' in at ? at.nth !== count : at.call !== call)) return undefined;
    return at.moment === 'halfWay' && half === undefined ? 'before' : at.moment;
  };

  const end = (): void => {
    process.kill(process.pid, signal);
    // The signal is there before the next line is; killed or asleep, nothing of this program runs on.
    if (signal === 'SIGKILL') for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  };

  const gate: Gate = {
    now: (call, does) => {
      const moment = momentOf(call);
      if (moment === 'halfWay') call.half?.();
      if (moment === 'before' || moment === 'halfWay') end();
      try {
        return does();
      } finally {
        if (moment === 'after') end();
      }
    },
    later: async (call, does) => {
      const moment = momentOf(call);
      if (moment === 'halfWay') await call.half?.();
      if (moment === 'before' || moment === 'halfWay') end();
      try {
        return await does();
      } finally {
        if (moment === 'after') end();
      }
    },
  };
  await wrapFiles(gate, { root, otherDisks: otherDisks === true });
  await wrapSqlite(gate);
  await wrapRequests(gate);
  syncBuiltinESMExports();
};
