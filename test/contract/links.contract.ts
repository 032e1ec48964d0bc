// What every implementation of Links promises: a file opens over plain HTTP until the time that was named, and no longer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Link, Links } from '../../lib/api/ports.ts';
import type { ReportFiles } from '../../lib/workflow/ports.ts';

export interface LinksTwin {
  readonly files: ReportFiles;
  readonly links: Links;
  readonly linkSeconds: number;
  /** By the clock of whoever signs. */
  now(): number;
  /** When the link's own text says that it ends, ms. */
  endIn(link: Link): number;
  /** Moves the clock of whoever judges links. */
  pass(ms: number): void;
  close(): Promise<void>;
}

const HTML = 'migrations/01hx/report.html';
const LIST = 'migrations/01hx/missing.jsonl.gz';
const BYTES = Buffer.from([0x1f, 0x8b, 0, 255, 10]);

/** The emulator judges no links: there, what they say is looked at, which is all that S3 goes by. */
export const linksContract = (name: string, judged: boolean, open: () => Promise<LinksTwin>): void => {
  describe(`links: ${name}`, () => {
    let twin: LinksTwin;
    before(async () => {
      twin = await open();
      await twin.files.write(HTML, '<p>é</p>');
      await twin.files.write(LIST, BYTES);
    });
    after(() => twin.close());

    test('a page is shown as what it is', async () => {
      const { url } = await twin.links.to(HTML);
      const answer = await fetch(url);
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), '<p>é</p>');
      assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
      assert.equal(answer.headers.get('content-disposition'), 'inline');
    });

    test('a list is saved under the name that was asked for, byte for byte', async () => {
      const { url } = await twin.links.to(LIST, { saveAs: '01hx-missing.jsonl.gz' });
      const answer = await fetch(url);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), BYTES);
      assert.equal(answer.headers.get('content-type'), 'application/gzip');
      // A browser that unpacked it would save something else than what its name says.
      assert.equal(answer.headers.get('content-encoding'), null);
      assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="01hx-missing.jsonl.gz"');
    });

    test('no name breaks out of its quotes', async () => {
      const { url } = await twin.links.to(LIST, { saveAs: 'a"; b\r\nc: ../é' });
      const answer = await fetch(url);
      assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="[\w.-]+"$/);
    });

    test('what is promised is what the link itself says, and no more than was configured', async () => {
      const asked = twin.now();
      const link = await twin.links.to(HTML);
      const endsAt = Date.parse(link.expiresAt);
      assert.match(link.expiresAt, /^\d{4}-\d\d-\d\dT.*Z$/);
      assert.equal(endsAt, twin.endIn(link));
      assert.ok(endsAt > asked + (twin.linkSeconds - 2) * 1000 && endsAt <= twin.now() + twin.linkSeconds * 1000);
    });

    if (!judged) return;
    test('a link past its time, or to another file than was signed, is refused', async () => {
      const { url } = await twin.links.to(HTML);
      assert.equal((await fetch(url.replace('report.html', 'missing.jsonl.gz'))).status, 403);
      twin.pass((twin.linkSeconds - 5) * 1000);
      assert.equal((await fetch(url)).status, 200);
      twin.pass(6_000);
      assert.equal((await fetch(url)).status, 403);
    });
  });
};
