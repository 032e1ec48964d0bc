// The report as a page: what it says of each kind of migration. test/browser shows that it looks and behaves well.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { exitOf } from '../../lib/cli/exit.ts';
import { FINDINGS } from '../../lib/compare/findings.ts';
import { OUTCOMES } from '../../lib/compare/outcomes.ts';
import { reportPage } from '../../lib/report/page.ts';
import { REASONS, reasonOf } from '../../lib/report/page-reasons.ts';
import { resultOf } from '../../lib/report/result.ts';
import { verdictOf } from '../../lib/report/sentences.ts';
import { type GivenPage, givenPage } from './page-inputs.ts';
import { amount, type GivenReport, givenReport } from './reports.ts';

const page = (given: GivenPage = {}): string => reportPage(givenPage(given));

/** What people read, one space between words; good enough for pages without hostile names. */
const textOf = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<\/?(?:bdi|time|code)[^>]*>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');

const both = (count: number) => ({ source: amount(count), destination: amount(count) });

describe('the verdict', () => {
  const TABLE: readonly (readonly [what: string, report: GivenReport, label: string])[] = [
    ['a sync that left nothing', {}, '✓ Complete'],
    ['a sync that failed to copy one', { remaining: amount(1), outcomes: { failed: amount(1) } }, '! Not complete'],
    ['a sync after which something differs', { remaining: amount(1) }, '! Not complete'],
    ['a check that found nothing', { mode: 'check' }, '✓ Complete'],
    [
      'a check that found one missing',
      { mode: 'check', findings: { missingOnDestination: both(1) } },
      '! Not complete',
    ],
    ['one that broke', { status: 'failed', cause: 'StoreRefused', message: 'No.', findings: null }, '✕ Failed'],
    ['one that was cancelled', { status: 'cancelled', cause: 'cancelled' }, '! Cancelled'],
    ['one that runs', { status: 'running', findings: null }, '… Running'],
    ['one that stops', { status: 'stopping' }, '… Stopping'],
  ];
  for (const [what, given, label] of TABLE) {
    test(`of ${what}: ${label}, and the very sentence the command says`, () => {
      const report = givenReport({ endedAt: '2026-05-01T12:02:05.000Z', ...given });
      const result = resultOf(report, '');
      const sentence = verdictOf(report, result).replaceAll('  ', ' ');
      assert.ok(textOf(page({ report: given })).includes(`${label} ${sentence}`), sentence);
      assert.equal(label === '✓ Complete', exitOf(report.mode, result) === 0);
    });
  }
});

describe('the page', () => {
  test('shows both sides, shared and missing by count and bytes, in all and by kind', () => {
    const report = givenReport();
    const findings = {
      listed: { source: [5, 5_000], destination: [3, 3_000] },
      findings: {
        shared: { source: { jpg: [1, 1_000], raw: [1, 1_500] }, destination: { jpg: [1, 1_000], raw: [1, 1_500] } },
        missingOnDestination: { source: { jpg: [2, 2_000], other: [1, 500] } },
        missingOnSource: { destination: { other: [1, 500] } },
      },
    } as const;
    const text = textOf(reportPage({ ...givenPage(), report: { ...report, findings } }));
    const cells = (...amounts: string[]) => ['Total', 'jpg', 'raw', 'other'].map((kind, i) => `${kind} ${amounts[i]}`);
    const rows = {
      'Source All that was listed there': cells('5 5.00 kB', '3 3.00 kB', '1 1.50 kB', '1 500 bytes'),
      'Destination All that was listed there': cells('3 3.00 kB', '1 1.00 kB', '1 1.50 kB', '1 500 bytes'),
      'Shared On both sides, alike': cells('2 2.50 kB', '1 1.00 kB', '1 1.50 kB', '0 0 bytes'),
      'Missing on source Only on the destination': cells('1 500 bytes', '0 0 bytes', '0 0 bytes', '1 500 bytes'),
      'Missing on destination Only on the source': cells('3 2.50 kB', '2 2.00 kB', '0 0 bytes', '1 500 bytes'),
    };
    for (const [title, figures] of Object.entries(rows)) {
      assert.ok(text.includes(`${title} ${figures.join(' ')}`), `${title} ${figures.join(' ')}\nin ${text}`);
    }
  });

  const SAYS: readonly (readonly [what: string, given: GivenPage, text: RegExp])[] = [
    ['how long it took', {}, /Duration 2 min 05 s/],
    ['how many comparisons were made', { report: { rounds: 2 } }, /Rounds 2 comparisons/],
    [
      'other findings on both sides',
      { report: { findings: { different: both(3) } } },
      /Different .*?Source 3 3\.00 kB/,
    ],
    [
      'contents that nobody compared',
      { report: { contentUnknown: amount(4) } },
      /Content unknown .*?Source 4 4\.00 kB/,
    ],
    ['outcomes', { report: { outcomes: { goneFromSource: amount(2) } } }, /Gone from source .*?Pictures 2 2\.00 kB/],
    ['what remains', { report: { remaining: amount(6) } }, /Remaining Not on the destination.*?Pictures 6 6\.00 kB/],
    [
      'examples of findings, and of how many',
      {
        report: { findings: { missingOnDestination: both(7) } },
        examples: { missingOnDestination: ['a.jpg', 'b.jpg'] },
      },
      /Missing on destination 2 of 7 pictures a\.jpg b\.jpg/,
    ],
    [
      'why pictures were not copied, what that means, and which',
      { report: { outcomes: { failed: amount(1) }, reasons: { diskFull: 1 } }, examples: { diskFull: ['a.jpg'] } },
      /Destination full 1 picture, diskFull There was no room left: make some and try again\. a\.jpg/,
    ],
    [
      'a reason it does not know by its own name',
      { report: { outcomes: { failed: amount(1) }, reasons: { brandNew: 1 } } },
      /brandNew 1 picture The lists of failures say more\./,
    ],
    [
      'how to try again',
      { report: { reasons: { diskFull: 1 } } },
      /picferry sync --from 20260501-120000-abcdef --only fail/,
    ],
    ['the cause of a failure', { report: { status: 'failed', cause: 'SumsDisagree' } }, /Cause SumsDisagree/],
    [
      'that AWS prevents overwriting',
      { report: { createOnly: 'native' } },
      /No: with every write the destination’s service/,
    ],
    [
      'what asking first leaves open',
      { report: { createOnly: 'headFirst' } },
      /What this leaves open: something that anoth/,
    ],
    ['how a folder prevents it', {}, /No: each picture was written under a temporary name/],
    [
      'that replacing was asked for',
      { options: { onDifferent: 'newer' } },
      /Different ones, as asked: .*Anything else\? No: /,
    ],
    ['what somebody should know', { report: { findings: { different: both(1) } } }, /Worth knowing .*? kept as it is/],
    ['whose findings it shows', { request: { from: { from: 'ID', only: 'failed' } } }, /As migration ID found them/],
    [
      'what it continues',
      { request: { from: { from: 'ID', only: 'missing' } } },
      /Continues what was missing in migration ID/,
    ],
    [
      'stores with their names and places',
      {
        request: {
          source: { type: 's3', name: 'old', bucket: 'b', prefix: 'p/', region: 'eu-west-1', createOnly: 'native' },
          destination: {
            type: 's3',
            bucket: 'c',
            prefix: '',
            endpointUrl: 'http://localhost:9',
            createOnly: 'headFirst',
          },
        },
      },
      /Source old: s3:\/\/b\/p\/, region eu-west-1 Destination s3:\/\/c\/ at http:\/\/localhost:9/,
    ],
    ['that all options are as usual', {}, /Options all as usual/],
  ];
  for (const [what, given, text] of SAYS) {
    test(`says ${what}`, () => assert.match(textOf(page(given)), text));
  }

  const OPTIONS: readonly (readonly [options: GivenPage['options'], text: string])[] = [
    [{ include: ['cam1/**', '*.jpg'] }, 'Only pictures like cam1/** *.jpg'],
    [{ exclude: ['*.tmp'] }, 'Without pictures like *.tmp'],
    [{ capturedAfter: '2026-01-01T02:00:00+02:00' }, 'Captured after 2026-01-01 00:00:00 UTC'],
    [{ modifiedBefore: '2026-01-01T00:00:00Z' }, 'Modified before 2026-01-01 00:00:00 UTC'],
    [{ minAgeMs: 90_000 }, 'Minimum age 1 min 30 s'],
    [{ keyPattern: '(?<year>\\d+)' }, 'Time in keys (?<year>\\d+)'],
    [{ checksum: true }, 'Checksums contents were compared too'],
    [{ onDifferent: 'overwrite' }, 'Different ones replaced (overwrite)'],
    [{ order: 'oldest' }, 'Order oldest first'],
    [{ concurrency: 7 }, 'Copied at once 7'],
    [{ tpsLimit: 0.5 }, 'Requests a second at most 0.5'],
    [{ bandwidthLimit: 10_485_760 }, 'Bandwidth at most 10.5 MB a second'],
    [{ maxCostUsd: 12.5 }, 'Cost at most 12.50 USD'],
    [{ storageClass: 'GLACIER_IR' }, 'Storage class GLACIER_IR'],
    [{ tags: false }, 'Tags not copied'],
    [{ sseKmsKeyId: 'alias/pictures' }, 'Encrypted with alias/pictures'],
    [{ futureOption: ['x'] } as GivenPage['options'], 'futureOption ["x"]'],
  ];
  for (const [options, text] of OPTIONS) {
    test(`shows an option that differs from the default: ${text}`, () => {
      const asked = textOf(page({ options })).split('What was asked for')[1] ?? '';
      assert.ok(asked.includes(text), asked);
      assert.ok(!asked.includes('all as usual'));
    });
  }

  test('forecasts what a sync of the missing ones takes', () => {
    const usd = { requests: 0.5, transfer: 60, running: 0.02, total: 60.52, storagePerMonth: 69 };
    const forecast = {
      copyList: amount(100_000),
      ...{
        requests: { list: 3_300, read: 0, write: 100_000 },
        transferBytes: 3e12,
        transitions: 812,
        tableWrites: 4_000,
      },
      ...{
        lambda: { invocations: 206, gigabyteSeconds: 1_000 },
        seconds: 67,
        usd,
        prices: { asOf: '2026-11', changed: false },
      },
    };
    const text = textOf(page({ report: { forecast } })).split('What a sync of it takes')[1] ?? '';
    for (const part of ['about 1 min 07 s', '3,300 to list, 0 to read, 100,000 to write', '3.00 TB', '206 invocations'])
      assert.ok(text.includes(part), `${part}: ${text}`);
    assert.ok(text.includes('60.52 USD: 0.50 for requests, 60.00 for transfer, 0.02 for running it'), text);
  });

  test('never shows how one gets into a store', () => {
    const spec = { type: 's3', bucket: 'bbb', prefix: '', createOnly: 'native' } as const;
    const source = { ...spec, profile: 'PRIVATE', role: 'PRIVATE', secret: 'PRIVATE' };
    assert.doesNotMatch(page({ request: { source } }), /PRIVATE/);
  });

  test('says "not known", never 0, where no comparison was completed', () => {
    for (const status of ['failed', 'cancelled', 'running', 'stopping'] as const) {
      const text = textOf(page({ report: { mode: 'check', status, findings: null, rounds: 0 } }));
      assert.doesNotMatch(text.split('What was asked for')[0] ?? '', /\b0\b|Nothing missing/, status);
      assert.match(text, /Missing on destination Only on the source not known/);
    }
  });

  test('says "not known" of outcomes while the first round copies', () => {
    const running = textOf(page({ report: { status: 'running' } }));
    assert.match(running, /Copied Written where nothing stood Pictures not known/);
    const later = textOf(page({ report: { status: 'running', outcomes: { copied: amount(3) } } }));
    assert.match(later, /Of the rounds that have ended\..*Copied Written where nothing stood Pictures 3 3\.00 kB/);
  });

  test('of a check says nothing of copying', () => {
    assert.doesNotMatch(page({ report: { mode: 'check' } }), /Copying|overwritten|Not tried/);
  });

  test('tells no examples of an earlier round’s reasons', () => {
    const examples = { diskFull: ['old.jpg'], archivedMeanwhile: ['failed.jpg'] };
    const text = textOf(page({ report: { reasons: { archivedMeanwhile: 1 } }, examples }));
    assert.doesNotMatch(text, /old\.jpg|by name/);
    assert.equal(text.split('failed.jpg').length, 2);
  });

  test('no reason has a finding’s name: examples.json keeps both in one table', () => {
    assert.deepEqual(
      FINDINGS.filter((finding) => Object.hasOwn(REASONS, finding)),
      [],
    );
  });

  test('is as small for 58,300 pictures as for one', () => {
    const of = (count: number): number =>
      page({
        report: {
          findings: { shared: both(count), missingOnDestination: both(count) },
          outcomes: { copied: amount(count) },
        },
        examples: { missingOnDestination: ['1', '2', '3', '4', '5'] },
      }).length;
    assert.ok(of(58_300) - of(5) < 200, `${of(58_300)} and ${of(5)} bytes`);
    assert.ok(of(58_300) < 32_768, `${of(58_300)} bytes`);
  });
});

describe('whatever names hold', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<img src=x onerror=alert(1)>',
      '"><script>alert(1)</script>',
      "' onclick='",
      '&lt;b&gt;',
      '</title>',
      '<!--',
      '\u202e',
      '\0',
    ),
  );

  test('no tag comes of it, and nothing invisible is left in it', () => {
    const tags = (html: string): string[] => [...new Set(html.match(/<[^\s>]*/g))].sort();
    const known = tags(
      page({
        report: { reasons: { link: 1 }, findings: { different: both(9) } },
        examples: { link: ['a\n'], different: ['a'] },
        options: { include: ['*'] },
      }),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const html = page({
          report: {
            source: text,
            message: text,
            status: 'failed',
            cause: text,
            reasons: { [text]: 1, link: 1 },
            findings: { different: both(9) },
          },
          examples: { link: [text], different: [text], [text]: [text] },
          request: { source: { type: 'folder', name: text, path: text } },
          options: { include: [text], keyPattern: text, [text]: text },
        });
        assert.deepEqual(
          tags(html).filter((tag) => !known.includes(tag)),
          [],
        );
        assert.equal(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.exec(html.replaceAll('\n', ''))?.[0], undefined);
      }),
      { numRuns: 200 },
    );
  });
});

test('every reason that a store gives is explained', () => {
  const files = ['s3/way-out', 's3/write', 's3/multipart-copy', 's3/server-side-copy', 'stream-copy', 'newer'];
  const folder = ['refusals', 'paths', 'read', 'write', 'placement', 'entries'].map((file) => `folder/${file}`);
  const source = [...files, ...folder]
    .map((file) => readFileSync(new URL(`../../lib/stores/${file}.ts`, import.meta.url), 'utf8'))
    .join('\n');
  const given = [
    ...source.matchAll(/(?:failed\(\s*|reason: |problem: |^ {2}\w+: |\? |: |\?\? )'([a-z][A-Za-z]+)'/gm),
  ].map(([, reason]) => reason!);
  const outcomes: readonly string[] = [
    ...OUTCOMES,
    ...FINDINGS,
    'written',
    'occupied',
    'create',
    'replace',
    'source',
    'file',
    'unfinished',
    'givenUp',
  ];
  const unexplained = [...new Set(given)].filter(
    (reason) => !outcomes.includes(reason) && reasonOf(reason).title === reason,
  );
  assert.ok(given.length > 30, String(given.length));
  assert.deepEqual(unexplained, []);
});
