// Asks the registry whether anything that is installed is known to be vulnerable; what is called high or critical fails the check.
// A mirror that answers no audits proves nothing: that is said, and the exit code is 3, which nobody may count as passed.
import { spawnSync } from 'node:child_process';
import { ROOT } from './set-up.js';

export const NOT_ANSWERED = 3;
/** What fails the check; what is called lower is shown, so that it can be mended before it is urgent. */
const FAILS = ['high', 'critical'];

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What `npm audit --json` said, in a line, and the exit code. */
export const judge = (stdout, stderr) => {
  const said = parsed(stdout);
  const found = said?.metadata?.vulnerabilities;
  if (typeof found?.total === 'number') {
    if (found.total === 0) return { line: 'npm audit: 0 vulnerabilities', code: 0 };
    const names = Object.entries(said.vulnerabilities ?? {}).map(([name, { severity }]) => `${name} (${severity})`);
    const code = FAILS.some((severity) => found[severity] > 0) ? 1 : 0;
    return { line: `npm audit: ${found.total} vulnerabilities: ${names.join(', ')}`, code };
  }
  // Only a request that failed says where it went; all else is a mistake of this project or machine.
  if (said?.uri !== undefined || said?.message?.startsWith('request to '))
    return { line: `npm audit: not answered by this registry (${said.message})`, code: NOT_ANSWERED };
  const why = said?.error?.summary ?? said?.message ?? stderr.trim();
  return { line: `npm audit: broke, ${why || 'without saying why'}`, code: 1 };
};

if (process.argv[1] === import.meta.filename) {
  const { stdout, stderr, error } = spawnSync('npm', ['audit', '--json', '--audit-level=low'], {
    cwd: ROOT,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 60_000,
  });
  const timedOut = error?.code === 'ETIMEDOUT';
  const { line, code } = timedOut
    ? { line: 'npm audit: not answered by this registry (no answer within a minute)', code: NOT_ANSWERED }
    : judge(stdout ?? '', stderr ?? String(error));
  console.log(line);
  process.exitCode = code;
}
