// Which keys a migration's lists name, and for what reason: only through what its commits name, as Picferry itself reads them.
import { gunzipSync } from 'node:zlib';
import type { EmbeddedHost } from '../../lib/embedded/host.ts';
import { filesOf, type ItemDocument } from '../../lib/workflow/item-document.ts';
import { readJson } from '../../lib/workflow/lines.ts';
import { copyPlanPath, missingPath } from '../../lib/workflow/paths.ts';
import type { CopyItem } from '../../lib/workflow/payloads.ts';
import { itemsPrefix, type MigrationRecord, migrationPk, tasksPrefix } from '../../lib/workflow/record.ts';
import { shardsOf, type TaskDocument } from '../../lib/workflow/task-document.ts';

type Host = Pick<EmbeddedHost, 'records' | 'files'>;

export interface Line {
  readonly key: string;
  readonly size: number;
  readonly finding?: string;
  readonly reason?: string;
}

/** Key to what is said of it, newest round last. */
export type Named = ReadonlyMap<string, readonly string[]>;

export const linesOf = async (path: string, { files }: Host): Promise<Line[]> => {
  const body = await files.read(path);
  if (body === undefined) throw new Error(`A commit names ${path}, and there is no such file.`);
  const text = gunzipSync(body).toString('utf8');
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Line);
};

/** `missing`, `left: <finding>`, `failed: <reason>`, `on the copy list`. */
export const namedBy = async (record: MigrationRecord, host: Host): Promise<Named> => {
  const named = new Map<string, string[]>();
  const note = (as: (line: Line) => string) => (line: Line) => {
    const said = named.get(line.key) ?? [];
    said.push(as(line));
    named.set(line.key, said);
  };
  if (await host.files.has(missingPath(record.id))) {
    (await linesOf(missingPath(record.id), host)).forEach(note(() => 'missing'));
  }
  for (const { round } of record.rounds) {
    for await (const task of host.records.list<TaskDocument>(migrationPk(record.id), tasksPrefix(round))) {
      for (const path of task.left) (await linesOf(path, host)).forEach(note(({ finding }) => `left: ${finding}`));
      for (const { path } of await shardsOf(task, host.files))
        (await linesOf(path, host)).forEach(note(() => 'on the copy list'));
    }
    for await (const item of host.records.list<ItemDocument>(migrationPk(record.id), itemsPrefix(round))) {
      for (const { path } of await filesOf(item, host.files))
        (await linesOf(path, host)).forEach(note(({ reason }) => `failed: ${reason}`));
    }
    if (!(await host.files.has(copyPlanPath(record.id, round)))) continue;
    for (const item of await readJson<CopyItem[]>(host.files, copyPlanPath(record.id, round))) {
      for (const { path } of item.shards) (await linesOf(path, host)).forEach(note(() => 'on the copy list'));
    }
  }
  return named;
};
