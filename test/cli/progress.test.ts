// The progress line: what it says, that it fits, and where and when it is written.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createProgressDisplay } from '../../lib/cli/progress-display.ts';
import { keepSamples, type Pace, paceOf, progressText, type Sample } from '../../lib/cli/progress-text.ts';
import { noOutcomes } from '../../lib/compare/outcomes.ts';
import type { MigrationProgress } from '../../lib/workflow/progress.ts';
import { amount } from '../report/reports.ts';

const copying = (copied = 1_200, failed = 0): MigrationProgress => ({
  phase: 'copying',
  round: 1,
  listed: { source: amount(8_640), destination: amount(5_520) },
  missing: amount(3_120),
  copyList: amount(3_120),
  outcomes: { ...noOutcomes(), copied: amount(copied), failed: amount(failed) },
});
const listing: MigrationProgress = { ...copying(0), phase: 'listing', copyList: amount(0) };
const PACE: Pace = { countPerSecond: 60, bytesPerSecond: 60_000 };

describe('progressText', () => {
  const TABLE: readonly (readonly [string, MigrationProgress, Pace | undefined, number, string])[] = [
    [
      'at first',
      { ...listing, phase: 'planning', listed: { source: amount(0), destination: amount(0) } },
      undefined,
      99,
      'Planning',
    ],
    ['while listing', listing, undefined, 99, 'Listing · listed 8,640 / 5,520 · missing 3,120'],
    ['in a later round', { ...listing, round: 2 }, undefined, 30, 'Listing (round 2) · missing 3,120'.slice(0, 17)],
    [
      'while copying',
      copying(),
      PACE,
      200,
      'Copying · listed 8,640 / 5,520 · missing 3,120 · copied 1,200 of 3,120 · 1.20 MB of 3.12 MB · 60.0 kB/s · 60/s · 32 s left',
    ],
    [
      'without a rate yet',
      copying(),
      undefined,
      80,
      'Copying · listed 8,640 / 5,520 · copied 1,200 of 3,120 · 1.20 MB of 3.12 MB',
    ],
    ['where there is little room', copying(), PACE, 60, 'Copying · copied 1,200 of 3,120 · 60.0 kB/s · 32 s left'],
    ['with failures', copying(1_200, 3), undefined, 45, 'Copying · copied 1,200 of 3,120 · 3 failed'],
  ];
  for (const [when, progress, pace, width, text] of TABLE) {
    test(when, () => assert.equal(progressText(progress, pace, width), text));
  }

  test('tells the time left of empty files by their number', () => {
    const empty = { ...copying(), copyList: amount(3_120, 0), outcomes: { ...noOutcomes(), copied: amount(1_200, 0) } };
    assert.match(progressText(empty, { countPerSecond: 60, bytesPerSecond: 0 }), /32 s left/);
  });

  test('fits any width', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(10_000), fc.nat(5), (width, copied, failed) => {
        assert.ok(progressText(copying(copied, failed), PACE, width).length <= width);
      }),
    );
  });
});

describe('the pace', () => {
  const sample = (at: number, count: number, round = 1): Sample => ({ at, round, count, bytes: count * 100 });

  test('is that of the last seconds, not of the whole migration', () => {
    let samples: Sample[] = [];
    for (let second = 0; second <= 100; second++) {
      samples = keepSamples(samples, sample(second * 1_000, second < 50 ? 0 : (second - 50) * 10));
    }
    assert.deepEqual(paceOf(samples), { countPerSecond: 10, bytesPerSecond: 1_000 });
  });

  test('is not told before a second has passed, nor where nothing moved, nor across rounds', () => {
    assert.equal(paceOf([]), undefined);
    assert.equal(paceOf([sample(0, 0), sample(900, 50)]), undefined);
    assert.equal(paceOf([sample(0, 7), sample(5_000, 7)]), undefined);
    assert.equal(paceOf(keepSamples([sample(0, 500, 1)], sample(5_000, 3, 2))), undefined);
  });
});

describe('the display', () => {
  const given = (stderr: { isTTY: boolean; columns?: number }, env: NodeJS.ProcessEnv = {}) => {
    let written = '';
    let now = 0;
    const write = (text: string) => {
      written += text;
      return true;
    };
    const display = createProgressDisplay({ ...stderr, write } as never, env, () => now);
    return { display, at: (ms: number) => (now = ms), written: () => written };
  };
  const ESC = String.fromCharCode(27);

  test('on a terminal redraws one line, one column narrower than the terminal, and leaves nothing of it', () => {
    const { display, written } = given({ isTTY: true, columns: 40 });
    display.show(listing);
    display.show(copying());
    assert.ok(!written().includes('\n'));
    for (const line of written().split('\r').filter(Boolean)) {
      const text = line.replaceAll(new RegExp(`${ESC}\\[\\d*[mK]`, 'g'), '');
      assert.ok(text.length <= 39, text);
      assert.ok(line.endsWith(`${ESC}[K`), 'what a longer line before it left is cleared');
    }
    display.end();
    assert.ok(written().endsWith(`\r${ESC}[K`));
  });

  test('has no colours where NO_COLOR is set', () => {
    const { display, written } = given({ isTTY: true, columns: 80 }, { NO_COLOR: '1' });
    display.show(listing);
    assert.ok(!written().includes(`${ESC}[2m`));
  });

  test('a word in between stands on a line of its own', () => {
    const { display, written } = given({ isTTY: true, columns: 80 }, { NO_COLOR: '1' });
    display.show(listing);
    display.say('Cancelling');
    assert.ok(written().endsWith(`\r${ESC}[KCancelling\n`));
  });

  test('elsewhere writes plain lines: when the phase changes, and every ten seconds', () => {
    const { display, at, written } = given({ isTTY: false });
    for (let ms = 0; ms < 25_000; ms += 1_000) {
      at(ms);
      display.show(ms < 5_000 ? listing : copying());
    }
    display.end();
    assert.deepEqual(
      written()
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
      ['Listing', 'Copying', 'Copying'],
    );
    assert.ok(!written().includes(ESC) && !written().includes('\r'));
  });

  test('a dumb terminal gets plain lines too', () => {
    const { display, written } = given({ isTTY: true }, { TERM: 'dumb' });
    display.show(listing);
    assert.ok(!written().includes(ESC));
  });
});
