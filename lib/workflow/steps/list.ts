// List: compares a task's ranges side by side and commits figures, shards and what is left to do.
import pLimit from 'p-limit';

import type { Entry } from '../../compare/entry.ts';
import { classify, type Joined, keyOf, type Rules } from '../../compare/findings.ts';
import { Disordered, joinListings } from '../../compare/join.ts';
import type { Range } from '../../compare/range.ts';
import { countFinding, countListed } from '../../compare/statistics.ts';
import { IncompleteListing } from '../../stores/errors.ts';
import type { Store } from '../../stores/store.ts';
import { UnreadableFile } from '../errors.ts';
import { beginInvocation, CommitLog } from '../invocation.ts';
import { ListRun } from '../list-run.ts';
import type { ListInput, Progress } from '../payloads.ts';
import { isTask } from '../plan-files.ts';
import { taskSk } from '../record.ts';
import { keyPatternOf, rulesOf } from '../rules.ts';
import { type BothSides, foundIn, Segment } from '../segments.ts';
import { freshTask, type TaskDocument, type ToDo } from '../task-document.ts';
import type { RunStep, StepContext } from './context.ts';

export const list: RunStep<ListInput, Progress> = async ({ migrationId, round, task }, context) => {
  // Step Functions read it from a file.
  if (!isTask(task)) throw new UnreadableFile(`A task of round ${round}'s plan is not what was written there.`);
  const record = await beginInvocation(context, migrationId);
  const { request } = record;
  const log = await CommitLog.open<TaskDocument>(context, migrationId, taskSk(round, task.index), freshTask(task));
  if (log.document.done) return { done: true };
  try {
    const [source, destination] = await Promise.all([
      context.openStore(request.source, 'source'),
      context.openStore(request.destination, 'destination'),
    ]);
    const rules = rulesOf(request);
    const resolver = {
      source,
      destination,
      onDifferent: request.options.onDifferent,
      keyPattern: keyPatternOf(request),
      minAgeMs: rules.minAgeMs,
    };
    const run = new ListRun({ log, context, resolver, migrationId, round, task: task.index });
    return {
      done: await compareRanges(log.document.remaining, run, { source, destination, rules }, context),
    };
  } catch (error) {
    await log.abandon(error as Error);
    throw error;
  }
};

interface Sides {
  readonly source: Store;
  readonly destination: Store;
  readonly rules: Rules;
}

/** True when every range was read to its end; false when the invocation had to hand on. */
const compareRanges = async (toDo: readonly ToDo[], run: ListRun, sides: Sides, context: StepContext) => {
  const segments = toDo.map((one) => new Segment(one));
  run.begin(segments);
  const turns = pLimit(rangesAtOnce(sides));
  const watching = run.watch();
  try {
    await Promise.all(
      segments.map((segment, i) =>
        turns(() =>
          context.listPlaces(async () => {
            if (run.handsOn || run.failure) return;
            await compareRange(toDo[i]!.range, segment, run, sides).catch((error: unknown) =>
              run.fail(incomplete(error)),
            );
          }),
        ),
      ),
    );
    // A listing that broke: what was not committed yet is compared again when the step is tried again.
    if (run.failure) throw run.failure.error;
    // The last commit may have much content to read.
    await run.commit({ ending: true });
  } finally {
    watching.end();
  }
  return segments.every(({ done }) => done);
};

/** Requests wait for each other gladly; walks of folders only share four threads, and hold their pages meanwhile. */
const rangesAtOnce = ({ source, destination }: Sides): number =>
  source.spec.type === 'folder' && destination.spec.type === 'folder' ? 1 : Number.POSITIVE_INFINITY;

const compareRange = async (range: Range, segment: Segment, run: ListRun, { source, destination, rules }: Sides) => {
  const seen = (at: number) => {
    if (segment.listedAt === 0) segment.listedAt = at;
  };
  const joined = joinListings(entriesOf(source, range, seen), entriesOf(destination, range));
  for await (const batch of joined) {
    for (const one of batch) look(one, segment, run, rules);
    const last = batch.at(-1);
    if (last) segment.reached(keyOf(last));
    await run.makeRoom();
    if (run.handsOn || run.failure) return;
  }
  segment.complete();
};

async function* entriesOf(store: Store, range: Range, seen?: (at: number) => void): AsyncGenerator<readonly Entry[]> {
  for await (const page of store.list(range)) {
    seen?.(page.at);
    yield page.entries;
  }
}

/** No await in here: it runs once for every key. */
const look = (joined: Joined, segment: Segment, run: ListRun, rules: Rules): void => {
  countListed(run.statistics, joined);
  const judged = classify(joined, rules, segment.listedAt);
  if (judged === 'compareContent') {
    segment.takeUncompared(joined as BothSides);
    return;
  }
  countFinding(run.statistics, judged.finding, joined, judged.contentUnknown);
  run.remember(judged.finding, joined);
  switch (judged.finding) {
    case 'missingOnDestination':
    case 'different':
    case 'archived':
    case 'settling':
      segment.take(
        foundIn(joined.source!, judged.finding, {
          keyPattern: run.keyPattern,
          minAgeMs: rules.minAgeMs,
          listedAt: segment.listedAt,
        }),
      );
  }
};

/** A listing out of order says nothing about what is missing: for a run it is one that never reached its end. */
const incomplete = (error: unknown): unknown =>
  error instanceof Disordered ? new IncompleteListing(error.message, { cause: error }) : error;
