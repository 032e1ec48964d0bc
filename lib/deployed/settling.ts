// Which migrations Settle looks at: the one an event tells of, or all that may have been killed unnoticed.
import { lockHasLapsed } from '../workflow/lock.ts';
import { hasEnded, listMigrations, type MigrationRecord } from '../workflow/record.ts';
import { type SettleHost, settle } from '../workflow/settle.ts';

/** EventBridge's "Step Functions Execution Status Change"; the sweep's event has no detail. */
export interface SettleEvent {
  readonly detail?: { readonly name: string };
}

const PAGE = 100;

export const settleEvent = async (event: SettleEvent, host: SettleHost, oldestMs: number): Promise<string[]> => {
  // An execution is named after its migration.
  if (event.detail) {
    const record = await settle(event.detail.name, host);
    return record && hasEnded(record.status) ? [record.id] : [];
  }
  return sweep(host, new Date(host.now() - oldestMs).toISOString());
};

/** No migration lives longer than the state machine lets it, so older records have ended. */
const sweep = async (host: SettleHost, since: string): Promise<string[]> => {
  const settled: string[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await listMigrations(host.records, { limit: PAGE, ...(before === undefined ? {} : { before }) });
    for (const record of page) {
      if (record.createdAt < since || !(await mayBeDead(record, host))) continue;
      const after = await settle(record.id, host);
      if (after && hasEnded(after.status)) settled.push(after.id);
    }
    before = page.at(-1)?.createdAt;
    if (page.length < PAGE || before === undefined || before < since) return settled;
  }
};

const mayBeDead = async (record: MigrationRecord, host: SettleHost): Promise<boolean> =>
  !hasEnded(record.status) && (record.status === 'stopping' || (await lockHasLapsed(host, record.pair, record.id)));
