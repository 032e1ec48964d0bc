// A report's files in a folder: whole, and over nothing that is there.
import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { downloadInto } from '../../lib/cli/download.ts';
import { openerOf } from '../../lib/cli/open-in-browser.ts';
import type { ReportFile } from '../../lib/cli/service.ts';
import { asOrdinaryUser, harvest, openToAll, plant, scratchFolder } from '../support/scratch.ts';

const file = (name: string, ...parts: readonly (string | Error)[]): ReportFile => ({
  name,
  open: async function* () {
    for (const part of parts) {
      if (part instanceof Error) throw part;
      yield Readable.from([Buffer.from(part)]);
    }
  },
});

const refused = (says: RegExp) => (error: Error) => {
  assert.equal(error.name, 'UsageError');
  assert.match(error.message, says);
  return true;
};

describe('downloadInto', () => {
  test('makes the folder, joins parts, and names what it wrote', async (t) => {
    const folder = join(await scratchFolder(t), 'a', 'b');
    const written = await downloadInto(folder, [file('report.json', '{}'), file('failed.gz', 'one', 'two')], 'm1');
    assert.deepEqual(written, [join(folder, 'report.json'), join(folder, 'failed.gz')]);
    assert.deepEqual(await harvest(folder), { 'report.json': '{}', 'failed.gz': 'onetwo' });
  });

  test('writes nothing at all where one of the names is taken, and names it', async (t) => {
    const folder = await scratchFolder(t);
    await plant(folder, { 'b.json': 'mine' });
    await assert.rejects(
      downloadInto(folder, [file('a.json', '1'), file('b.json', '2')], 'm1'),
      refused(/b\.json is there already/),
    );
    assert.deepEqual(await harvest(folder), { 'b.json': 'mine' });
  });

  test('leaves a name alone that somebody took meanwhile', async (t) => {
    const folder = await scratchFolder(t);
    const slow: ReportFile = {
      name: 'a.json',
      open: async function* () {
        await plant(folder, { 'a.json': 'theirs' });
        yield Readable.from([Buffer.from('ours')]);
      },
    };
    await assert.rejects(downloadInto(folder, [slow], 'm1'), /EEXIST/);
    assert.deepEqual(await harvest(folder), { 'a.json': 'theirs' });
  });

  test('leaves no half of a file that broke off', async (t) => {
    const folder = await scratchFolder(t);
    await assert.rejects(downloadInto(folder, [file('a.gz', 'half', new Error('cut'))], 'm1'), /cut/);
    assert.deepEqual(await harvest(folder), {});
  });

  test('says so where there is nothing', async (t) => {
    const folder = join(await scratchFolder(t), 'none');
    await assert.rejects(downloadInto(folder, [], 'm1'), refused(/m1 has no report files/));
  });

  test('says so where the folder is a file or may not be written', async (t) => {
    const folder = await scratchFolder(t);
    await plant(folder, { taken: 'x', 'closed/': '' });
    await assert.rejects(downloadInto(join(folder, 'taken'), [file('a', '1')], 'm1'), refused(/taken/));
    await openToAll(folder);
    await chmod(join(folder, 'closed'), 0o555);
    await asOrdinaryUser(() =>
      assert.rejects(downloadInto(join(folder, 'closed', 'deep'), [file('a', '1')], 'm1'), refused(/cannot be made/)),
    );
  });
});

describe('a name that is no name of a file', () => {
  for (const name of ['../a', '/a', 'a/b', 'a\\b', '..', '.', '', '.bashrc', 'a\u001b[2J', 'a\n', 'C:a']) {
    test(`${JSON.stringify(name)}: nothing is written`, async (t) => {
      const folder = await scratchFolder(t);
      const files = [file('report.json', '{}'), file(name, '1')];
      await assert.rejects(downloadInto(join(folder, 'in'), files, 'm1'), /is no name of a report file/);
      assert.deepEqual(await harvest(folder), {});
    });
  }
});

describe('what opens a page', () => {
  const LINK = 'https://reports.example.org/report.html?a=1&b=%222%22&c=%PATH%';
  const TABLE: readonly (readonly [NodeJS.Platform, readonly [string, readonly string[]]])[] = [
    ['linux', ['xdg-open', [LINK]]],
    ['freebsd', ['xdg-open', [LINK]]],
    ['darwin', ['open', [LINK]]],
    ['win32', ['rundll32', ['url.dll,FileProtocolHandler', LINK]]],
  ];
  for (const [platform, opener] of TABLE) {
    test(platform, () => assert.deepEqual(openerOf(new URL(LINK), platform), opener));
  }

  for (const url of ['javascript:alert(1)', 'smb://host/share', 'ms-msdt:/id', 'data:text/html,x']) {
    test(`none for ${url}`, () => assert.throws(() => openerOf(new URL(url), 'linux'), /not asked to open/));
  }
});
