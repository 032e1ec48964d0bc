// Records on SQLite: one file in the state folder, shared by every process that works with this folder.
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Document, Expectation, Records } from '../workflow/ports.ts';
import { loadSqlite } from './load-sqlite.ts';
import { makePrivate, takeFromOthers } from './private-files.ts';

export interface SqliteRecords extends Records {
  close(): void;
}

/** Another process may hold the write lock for the moment of one put. */
const BUSY_TIMEOUT_MS = 10_000;
/** Documents of a list read at once: no statement stays open while somebody works on them. */
const PAGE = 500;

// A document is kept as its JSON text: JSON escapes lone surrogates, which a column would turn into U+FFFD.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS documents (
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    idx TEXT,
    createdAt TEXT,
    json TEXT NOT NULL,
    PRIMARY KEY (pk, sk)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS byTime ON documents (idx, createdAt) WHERE idx IS NOT NULL;
`;

export const openSqliteRecords = async (file: string): Promise<SqliteRecords> => {
  const { DatabaseSync } = await loadSqlite();
  if (file !== ':memory:') await keepPrivate(file);
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  await useWriteAheadLog(database);
  database.exec(SCHEMA);
  return new Documents(database);
};

/** SQLite makes the files beside it with the rights of the file itself. */
const keepPrivate = async (file: string): Promise<void> => {
  makePrivate(file);
  await Promise.all([file, `${file}-wal`, `${file}-shm`].map(takeFromOthers));
};

/** Changing the journal does not wait for other processes, whatever the time-out: it has to be asked again. */
const useWriteAheadLog = async (database: DatabaseSync): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      // NORMAL loses nothing when the process is killed, and keeps the file whole when the power goes.
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(20);
    }
  }
};

class Documents implements SqliteRecords {
  readonly #database;
  readonly #find;
  readonly #write;
  readonly #remove;
  readonly #page;
  readonly #newest;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#find = database.prepare('SELECT json FROM documents WHERE pk = ? AND sk = ?');
    this.#write = database.prepare(
      'INSERT OR REPLACE INTO documents (pk, sk, idx, createdAt, json) VALUES (?, ?, ?, ?, ?)',
    );
    this.#remove = database.prepare('DELETE FROM documents WHERE pk = ? AND sk = ?');
    this.#page = database.prepare(
      `SELECT sk, json FROM documents WHERE pk = ? AND sk > ? AND sk >= ? AND substr(sk, 1, length(?3)) = ?3 ORDER BY sk LIMIT ${PAGE}`,
    );
    this.#newest = database.prepare(
      'SELECT json FROM documents WHERE idx = ? AND createdAt < ? ORDER BY createdAt DESC LIMIT ?',
    );
  }

  async get<T extends Document>(pk: string, sk: string): Promise<T | undefined> {
    return this.#read(pk, sk) as T | undefined;
  }

  async put(document: Document, expect?: Expectation): Promise<boolean> {
    const { pk, sk, index, createdAt } = document;
    try {
      // IMMEDIATE takes the write lock before the expectation is read, so that nobody writes in between.
      this.#database.exec('BEGIN IMMEDIATE');
      const holds = expect === undefined || meets(this.#read(pk, sk), expect);
      if (holds) this.#write.run(pk, sk, textOrNull(index), textOrNull(createdAt), JSON.stringify(document));
      this.#database.exec('COMMIT');
      return holds;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  async remove(pk: string, sk: string): Promise<void> {
    this.#remove.run(pk, sk);
  }

  async *list<T extends Document>(pk: string, skPrefix: string): AsyncIterable<T> {
    for (let after = ''; ; ) {
      const rows = this.#page.all(pk, after, skPrefix);
      for (const row of rows) yield parse(row) as T;
      if (rows.length < PAGE) return;
      after = String(rows.at(-1)?.sk);
    }
  }

  async newest<T extends Document>(
    index: string,
    options: { readonly limit: number; readonly before?: string },
  ): Promise<T[]> {
    const rows = this.#newest.all(index, options.before ?? '\u{10FFFF}', options.limit);
    return rows.map((row) => parse(row) as T);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #read(pk: string, sk: string): Document | undefined {
    const row = this.#find.get(pk, sk);
    return row && parse(row);
  }
}

const parse = (row: Readonly<Record<string, unknown>>): Document => JSON.parse(String(row.json)) as Document;

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const meets = (found: Document | undefined, expect: Expectation): boolean =>
  expect === 'absent'
    ? found === undefined
    : found !== undefined && Object.entries(expect).every(([field, value]) => found[field] === value);
