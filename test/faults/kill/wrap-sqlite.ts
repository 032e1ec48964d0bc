// The calls of node:sqlite that change something, each behind the gate.
import type { StatementSync } from 'node:sqlite';
import { loadSqlite } from '../../../lib/embedded/load-sqlite.ts';
import type { Gate } from './wrap-writes.ts';

export const wrapSqlite = async (gate: Gate): Promise<void> => {
  const { DatabaseSync, StatementSync: Statement } = await loadSqlite();
  const { exec, close } = DatabaseSync.prototype;
  const { run } = Statement.prototype;
  DatabaseSync.prototype.exec = function (sql) {
    return gate.now({ name: `sqlite ${sql.trim().split(/\s+/).slice(0, 2).join(' ')}` }, () => exec.call(this, sql));
  };
  DatabaseSync.prototype.close = function () {
    return gate.now({ name: 'sqlite close' }, () => close.call(this));
  };
  Statement.prototype.run = function (this: StatementSync, ...all: Parameters<typeof run>) {
    return gate.now({ name: `sqlite ${this.sourceSQL.split(' ')[0]}` }, () => run.apply(this, all));
  } as typeof run;
};
