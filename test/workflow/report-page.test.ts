// report.html is written beside report.json whenever that is, from what stands in the files by then.
import assert from 'node:assert/strict';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { EmbeddedHost } from '../../lib/embedded/host.ts';
import { endMigration } from '../../lib/workflow/end.ts';
import { reportPagePath, reportPath } from '../../lib/workflow/paths.ts';
import { startMigration } from '../../lib/workflow/start.ts';
import {
  givenFolders,
  givenHost,
  givenPictures,
  pictures,
  request,
  run,
  whenItEnds,
} from '../support/embedded-migration.ts';

const pageOf = async (host: EmbeddedHost, id: string): Promise<string> => {
  const page = await host.files.read(reportPagePath(id));
  assert.ok(page, 'there is no report.html');
  return page.toString('utf8');
};

describe('report.html', () => {
  test('of a check names some of what is missing', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, { 'cam1/a.jpg': 'a', 'cam1/b.jpg': 'b' });
    const host = await givenHost(folders);
    const { id } = await run(host, request(folders, 'check'));
    const page = await pageOf(host, id);
    assert.match(page, /2 pictures \(2 bytes\) missing on the destination as of /);
    assert.match(page, /<bdi>cam1<\/bdi>\/<bdi>a\.jpg<\/bdi>/);
  });

  test('of a sync with a failure names the failed one and why', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(3));
    await symlink('/nowhere', join(folders.source, 'odd.jpg'));
    const host = await givenHost(folders);
    const { id } = await run(host, request(folders, 'sync'));
    assert.match(await pageOf(host, id), /A link .*?1 picture, <code>link<\/code>[\s\S]*<bdi>odd\.jpg<\/bdi>/);
  });

  test('is there too of a migration that failed before it had compared anything', async (t) => {
    const folders = await givenFolders(t);
    await rm(folders.source, { recursive: true });
    const host = await givenHost(folders);
    const { id, report } = await run(host, request(folders, 'sync'));
    assert.equal(report.status, 'failed');
    assert.match(await pageOf(host, id), /No comparison was completed: what is missing is not known\./);
  });

  test('is written after report.json, by every step that writes that, and again by an ending that is repeated', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(3));
    const host = await givenHost(folders);
    const written: string[] = [];
    const write = host.files.write;
    Object.assign(host.files, {
      write: (path: string, body: string) => {
        if (/report\.(json|html)$/.test(path)) written.push(path);
        return write(path, body);
      },
    });
    const { id } = await whenItEnds(await startMigration(request(folders, 'sync'), host), host);
    const both = [reportPath(id), reportPagePath(id)];
    // Summarise, Verify, Summarise of round 2, Finish.
    assert.deepEqual(written, [...both, ...both, ...both, ...both]);

    await rm(host.files.where(reportPagePath(id)));
    await endMigration(id, { status: 'failed', cause: 'late' }, host);
    assert.match(await pageOf(host, id), /✓<\/span> Complete/);
  });
});
