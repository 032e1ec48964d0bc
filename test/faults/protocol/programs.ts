// The actors: every step and every function that starts, stops or settles a migration, exactly as the product runs it.
import { settleEvent } from '../../../lib/deployed/settling.ts';
import { cancelMigration } from '../../../lib/workflow/cancel.ts';
import { readJson } from '../../../lib/workflow/lines.ts';
import { copyPlanPath } from '../../../lib/workflow/paths.ts';
import type { CopyItem, Step } from '../../../lib/workflow/payloads.ts';
import { readMigration } from '../../../lib/workflow/record.ts';
import type { MigrationRequest } from '../../../lib/workflow/request.ts';
import { settle, settleIfDead } from '../../../lib/workflow/settle.ts';
import { startMigration } from '../../../lib/workflow/start.ts';
import type { RunStep } from '../../../lib/workflow/steps/context.ts';
import { steps } from '../../../lib/workflow/steps/index.ts';
import type { Actor } from './actor.ts';
import { type Given, LAMBDA_MS, type Ports, portsOf } from './hands.ts';
import { processName } from './processes.ts';

export const IDS: readonly string[] = ['M1', 'M2', 'M3'];
export const migrationOf = (id: string): number => IDS.indexOf(id);

export interface Cast {
  readonly given: Given;
  readonly request: MigrationRequest;
  /** Breaks the product on purpose, to see that the search notices. */
  readonly sabotage?: (ports: Ports) => Ports;
}

type Play = (ports: Ports, id: string) => Promise<unknown>;

const AT_ONCE = { oldestMs: 86_400_000, waitsMs: [] };

const step =
  (name: Step, more: (ports: Ports, id: string) => Promise<object> | object = () => ({})): Play =>
  async (ports, id) =>
    (steps[name] as RunStep<object, unknown>)({ migrationId: id, round: 1, ...(await more(ports, id)) }, ports);

const itemOf = async ({ files }: Ports, id: string) => ({
  item: (await readJson<CopyItem[]>(files, copyPlanPath(id, 1)))[0],
});

export const PLAYS = {
  Plan: step('Plan'),
  Copy: step('Copy', itemOf),
  Verify: step('Verify'),
  Finish: step('Finish'),
  Fail: step('Fail', () => ({ error: { Error: 'Broken', Cause: '{}' } })),
  cancel: (ports, id) => cancelMigration(id, ports),
  told: (ports, id) => settleEvent({ detail: { name: id, status: 'ABORTED' } }, ports, AT_ONCE),
  sweep: (ports) => settleEvent({}, ports, AT_ONCE),
  over: (ports, id) => settle(id, ports, { tasksOver: true }),
  look: async (ports) => {
    for (const id of IDS) {
      const record = await readMigration(ports.records, id);
      if (record) await settleIfDead(record, ports);
    }
  },
} satisfies Record<string, Play>;

export type PlayName = keyof typeof PLAYS | 'start';

export const actorOf = (
  { given, request, sabotage = (ports) => ports }: Cast,
  play: PlayName,
  migration: number,
  label: string,
  process?: number,
): Actor => {
  const id = IDS[migration]!;
  const name = `${id} ${label}`;
  const start: Play = (ports) => startMigration(request, ports, { id });
  const act = play === 'start' ? start : (PLAYS[play] as Play);
  return {
    name,
    of: migration,
    livesMs: process === undefined ? LAMBDA_MS : Number.POSITIVE_INFINITY,
    ...(process !== undefined && { process }),
    program: (hands) => {
      const whose = { name, id, ...(process !== undefined && { process: processName(process) }) };
      return act(sabotage(portsOf(hands, given, whose)), id);
    },
  };
};
