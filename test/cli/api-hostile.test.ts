// An API that means harm: nothing it says reaches a terminal as a command, a program, or a file of another folder.
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { downloadInto } from '../../lib/cli/download.ts';
import { remoteService } from '../../lib/cli/remote-service.ts';
import { picferry } from '../support/picferry.ts';
import { scratchFolder } from '../support/scratch.ts';
import { type Script, scriptedS3 } from '../support/scripted-s3.ts';
import { detail, ID, json, OPTIONS, problem, reportView, schedule } from './given-answers.ts';

const ENV = { PICFERRY_TOKEN: 'word', XDG_STATE_HOME: '/nonexistent' };
/** Title, clear screen, and the 8-bit form of ESC [. */
const ESC = '\u001b]0;title\u0007\u001b[2J\u009b1m\u202e';
/** Newlines are the command's own. */
const HARMFUL = /[^\P{Cc}\n]|\u202e/u;

const summary = () => {
  const { request: _, progress: __, roundFigures: ___, ...rest } = detail();
  return rest;
};
/** Wherever the API may say what it likes. */
const TEXT = { message: ESC, cause: ESC, source: ESC, destination: ESC };
const options = { ...OPTIONS, include: ['a\u001bc\u009b\u202e'] };
const view = (links: object = reportView.links ?? {}) => ({
  report: {
    ...reportView.report,
    ...TEXT,
    status: 'failed',
    reasons: { [ESC]: 3 },
    outcomes: { ...detail().outcomes, failed: { count: 3, bytes: 3 } },
  },
  examples: { [ESC]: [ESC] },
  places: { report: ESC, page: ESC, missing: ESC, failed: ESC },
  links,
});
const HOSTILE: Script = ({ path }) => {
  if (path.endsWith('/report')) return json(view());
  if (path === '/migrations') return json({ migrations: [{ ...summary(), ...TEXT }] });
  if (path === '/schedules') {
    const runs = [{ at: schedule.createdAt, outcome: 'started', migrationId: ESC }];
    return json({ schedules: [{ ...schedule, expression: ESC, timeZone: ESC, runs }] });
  }
  const request = { ...detail().request, options, from: { from: ESC, only: 'missing' } };
  return json({ ...detail(), ...TEXT, status: 'failed', report: ESC, request });
};

describe('what it says is shown, and never obeyed', () => {
  for (const args of [['show', ID], ['report', ID], ['watch', ID], ['list'], ['schedule', 'list']]) {
    test(`${args.join(' ')}`, async () => {
      await using there = await scriptedS3(HOSTILE);
      const ran = await picferry([...args, '--api', there.endpointUrl], { env: ENV });
      assert.equal(ran.code, args[0] === 'watch' ? 3 : 0, ran.stderr);
      assert.match(ran.stdout, /\\u\{1b\}\]0;title/);
      assert.doesNotMatch(ran.stdout + ran.stderr, HARMFUL);
    });
  }

  const REFUSED = [
    ['a problem', problem(400, ESC), 2],
    ['the id of what was started', json({ id: ESC }, 202), 3],
    ['the id of what stands in the way', problem(409, 'Busy.', `x${ESC}`), 2],
    ['an id for another command', problem(409, 'Busy.', '$(id)'), 2],
    ['an id that would be a flag', json({ id: '--detach' }, 202), 3],
  ] as const;
  for (const [what, answer, code] of REFUSED) {
    test(`${what}: ${code}`, async () => {
      await using there = await scriptedS3(() => answer);
      const ran = await picferry(['sync', 'old', 'new', '--detach', '--api', there.endpointUrl], { env: ENV });
      assert.equal(ran.code, code, ran.stderr);
      assert.equal(ran.stdout, '');
      assert.doesNotMatch(ran.stderr, HARMFUL);
      assert.doesNotMatch(ran.stderr, /picferry (?:watch|show)/);
    });
  }
});

const linkTo = (url: string) => ({ url, expiresAt: '2026-05-01T13:00:00.000Z' });
const serviceWith = (links: object) =>
  remoteService(async () => view({ failed: [], failedLists: 0, ...links }), { where: 'there', flags: '' });

describe('links that are none', () => {
  const URLS = [
    ...['/etc/passwd', '\\\\host\\share\\x.exe', 'C:\\x.exe', '--help', '', 'x', 'javascript:alert(1)', 'smb://h/x'],
    ...['file:///etc/passwd', 'http://example.org/', 'http://localhost.example.org/', 'ftp://example.org', ESC],
  ];
  for (const url of URLS) {
    test(JSON.stringify(url), async (t) => {
      const service = serviceWith({ 'report.html': linkTo(url) });
      const folder = await scratchFolder(t);
      await assert.rejects(service.page(ID), /^Error: the API's link "\P{Cc}*" is not opened/u);
      await assert.rejects(downloadInto(folder, await service.files(ID), ID), /is not opened/);
      assert.deepEqual(await readdir(folder), []);
    });
  }

  test('report --open starts nothing for one', async (t) => {
    const folder = await scratchFolder(t);
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin/xdg-open'), `#!/bin/sh\necho > "${folder}/opened"\n`, { mode: 0o755 });
    const links = { 'report.html': linkTo('file:///etc/passwd'), failed: [], failedLists: 0 };
    await using there = await scriptedS3(() => json(view(links)));
    const env = { ...ENV, PATH: `${folder}/bin:${process.env.PATH}` };
    const ran = await picferry(['report', ID, '--open', '--api', there.endpointUrl], { env });
    assert.deepEqual([ran.code, ran.stdout], [3, '']);
    assert.match(ran.stderr, /is not opened/);
    assert.deepEqual(await readdir(folder), ['bin']);
  });

  test('a page is opened by its URL as it is spelled in full', async () => {
    const page = await serviceWith({ 'report.html': linkTo('HTTPS://reports.example.org/a b"?x="&y') }).page(ID);
    assert.equal(page?.href, 'https://reports.example.org/a%20b%22?x=%22&y');
  });
});

describe('report --download', () => {
  test('writes into its folder alone, under known names', async (t) => {
    const folder = await scratchFolder(t);
    await using there = await scriptedS3(({ path }) => {
      if (path === '/evil') return { body: 'evil' };
      const evil = linkTo(`${there.endpointUrl}/evil`);
      const failed = [{ ...evil, round: 1, outcome: '/../../../up', count: 1 }];
      return json(view({ '../up': evil, 'report.json': evil, '.bashrc': evil, failed, failedLists: 1 }));
    });
    const args = ['report', ID, '--download', join(folder, 'a/b'), '--api', there.endpointUrl];
    const ran = await picferry(args, { env: ENV });
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual((await readdir(folder, { recursive: true })).sort(), ['a', 'a/b', 'a/b/report.json']);
    assert.match(ran.stderr, /only 0 of them are written/);
  });

  test('follows no link that leads elsewhere', async (t) => {
    const folder = await scratchFolder(t);
    await using there = await scriptedS3(({ path }) =>
      path === '/secret' ? { body: 'secret' } : { status: 307, headers: { location: '/secret' } },
    );
    const files = await serviceWith({ 'report.json': linkTo(`${there.endpointUrl}/moved`) }).files(ID);
    await assert.rejects(downloadInto(folder, files, ID), /\/moved answered 307/);
    assert.deepEqual(
      there.seen.map(({ path }) => path),
      ['/moved'],
    );
    assert.deepEqual(await readdir(folder), []);
  });
});
