// Runs the checks and test suites one after the other and prints their totals last: `npm test` is exactly what CI runs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { NOT_ANSWERED } from './audit.js';
import { ROOT, setUp } from './set-up.js';

/** Files of each suite, and how many run at once: the emulator's suites take both cores by themselves. */
const UNITS = [
  'compare',
  'stores',
  'workflow',
  'report',
  'api',
  'embedded',
  'deployed',
  'functions',
  'infra',
  'cli',
  'scripts',
];
const SUITES = {
  unit: { files: ['test/*.test.ts', `test/{${UNITS.join(',')}}/**/*.test.ts`], atOnce: 2 },
  contract: { files: ['test/{support,contract,conformance}/**/*.test.ts'], atOnce: 1 },
  emulator: { files: ['test/e2e/**/*.test.ts'], atOnce: 1 },
  faults: { files: ['test/faults/**/*.test.ts'], atOnce: 2 },
  browser: { files: ['test/browser/**/*.test.ts'], atOnce: 1 },
  package: { files: ['test/package/**/*.test.ts'], atOnce: 1 },
  bench: { files: ['test/bench/**/*.test.ts'], atOnce: 1 },
  // Nothing beside it: it measures.
  soak: { files: ['test/soak/**/*.test.ts'], atOnce: 1 },
};

/** Then a test is named as failed, instead of keeping all others waiting. */
const HANGS_AFTER_MS = 600_000;

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in SUITES) && name !== 'check');
if (unknown.length > 0) {
  console.error(`Unknown suite ${unknown.join(', ')}; there are check, ${Object.keys(SUITES).join(', ')}.`);
  process.exit(2);
}
const wanted = (name) => asked.length === 0 || asked.includes(name);

const node = setUp();
/** `node` and the tools are the project's own, whatever started this. */
const scratch = mkdtempSync(join(tmpdir(), 'picferry-test-'));
/** Where fault tests note what they have proved. */
const ledger = join(scratch, 'faults');
mkdirSync(ledger);
const env = {
  ...process.env,
  PATH: `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  PICFERRY_FAULTS_LEDGER: ledger,
};
const total = { passed: 0, failed: 0, skipped: 0 };

if (wanted('check')) {
  console.log('\n== check ==');
  const { status } = spawnSync('npm', ['run', '--silent', 'check'], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  total[status === 0 ? 'passed' : 'failed']++;
  // A registry that answers no audits proves nothing: neither passed nor failed.
  const audit = spawnSync(node, ['scripts/audit.js'], { cwd: ROOT, env, stdio: 'inherit' }).status;
  if (audit !== NOT_ANSWERED) total[audit === 0 ? 'passed' : 'failed']++;
}
for (const [name, { files, atOnce }] of Object.entries(SUITES)) {
  if (!wanted(name)) continue;
  console.log(`\n== ${name} ==`);
  const began = Date.now();
  const totals = join(scratch, `${name}.json`);
  const run = spawnSync(
    node,
    [
      '--test',
      `--test-concurrency=${atOnce}`,
      `--test-timeout=${HANGS_AFTER_MS}`,
      '--test-reporter=dot',
      '--test-reporter-destination=stdout',
      `--test-reporter=${new URL('./test-totals.js', import.meta.url)}`,
      `--test-reporter-destination=${totals}`,
      ...files,
    ],
    { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const counts = countsIn(totals);
  // A run that broke before it could count is a failure, not "0 failed".
  if (run.status !== 0 && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
  console.log(
    `${name}: ${counts.passed} passed, ${counts.failed} failed in ${Math.round((Date.now() - began) / 1000)} s${slowest(counts.seconds)}`,
  );
}
// Only a run that proved everything may say what is proved.
if (total.failed === 0 && ['faults', 'emulator', 'soak'].every(wanted)) {
  const { status } = spawnSync(node, ['scripts/faults-doc.ts', ledger], { cwd: ROOT, env, stdio: 'inherit' });
  total[status === 0 ? 'passed' : 'failed']++;
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

/** Where the time went, in a suite that takes some. */
function slowest(seconds = {}) {
  const files = Object.entries(seconds)
    .filter(([, taken]) => taken >= 10)
    .sort(([, a], [, b]) => b - a);
  return files.length === 0 ? '' : ` (${files.map(([file, taken]) => `${file} ${taken} s`).join(', ')})`;
}

function countsIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8').trim().split('\n').at(-1));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
