// report.html in a real browser: hostile names are text, nothing runs and nothing is loaded, and it reads well anywhere.
import assert from 'node:assert/strict';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { printable } from '../../lib/report/printable.ts';
import { reportPagePath } from '../../lib/workflow/paths.ts';
import { givenBrowser, type WatchedPage, watchedPage } from '../support/browser.ts';
import { givenFolders, givenHost, givenPictures, pictures, request, run } from '../support/embedded-migration.ts';
import { bodyColours, contentWidth, headingLevels, lowContrasts, tooWide } from './in-page.js';

/** Five, because a report names five of a kind. */
const HOSTILE = [
  '<img src=x onerror=alert(1)>.jpg',
  '"><script>alert(2)</script>.jpg',
  '&lt;b&gt;.jpg',
  'holiday\u202egpj.exe',
  'new\nline\u0007.jpg',
];
const LONG = `${'a-folder-with-a-very-long-name/'.repeat(6)}${'x'.repeat(200)}.jpg`;

const closing: (() => Promise<void>)[] = [];
let browser: Browser;
/** A sync: hostile names missing and failing, and a pattern that would be a tag. */
let syncPage: string;
let checkPage: string;

before(async () => {
  const context = { after: (close: () => Promise<void>) => void closing.unshift(close) };
  browser = await givenBrowser(context);
  const folders = await givenFolders(context);
  // On both sides: what is missing is hostile only.
  for (const folder of [folders.source, folders.destination]) await givenPictures(folder, pictures(3));
  // Links are listed and never followed: missing first and failed then.
  await givenPictures(folders.source, { '"><script>alert(2)</place-holder': '' });
  for (const key of HOSTILE) await symlink('/nowhere', join(folders.source, key));
  const host = await givenHost(folders);
  const options = { exclude: ['<b onclick="alert(3)">*', '**/place-holder'] };
  const sync = await run(host, request(folders, 'sync', options));
  syncPage = host.files.where(reportPagePath(sync.id));
  await givenPictures(folders.source, { [LONG]: '' });
  const check = await run(host, request(folders, 'check', options));
  checkPage = host.files.where(reportPagePath(check.id));
});

after(async () => {
  for (const close of closing) await close();
});

const opened = async (path: string, options?: BrowserContextOptions): Promise<WatchedPage> => {
  const watched = await watchedPage(browser, options);
  await watched.page.goto(pathToFileURL(path).href);
  return watched;
};

/** Every name on the page as the browser's own parser understood it. */
const namesOn = ({ page }: WatchedPage): Promise<string[]> => page.locator('.name').allTextContents();

describe('a picture whose name is markup', () => {
  test('is shown as text, and nothing of it is an element', async () => {
    const watched = await opened(syncPage);
    const names = await namesOn(watched);
    for (const key of HOSTILE) {
      const times = names.filter((name) => name === printable(key)).length;
      assert.equal(times, 2, `${JSON.stringify(key)} once missing and once failed, not ${times} times`);
    }
    assert.ok(names.includes('<b onclick="alert(3)">*'));
    assert.equal(await watched.page.locator('script, img, b, iframe, object, svg, link, a, form').count(), 0);
    await watched.page.context().close();
  });

  test('runs nothing, loads nothing, and leaves the console quiet', async () => {
    const watched = await opened(syncPage);
    await watched.page.waitForLoadState('networkidle');
    assert.deepEqual(watched.complaints, []);
    assert.deepEqual(watched.requests, [pathToFileURL(syncPage).href]);
    await watched.page.context().close();
  });

  test('would run nothing even if it became markup: the page’s own policy forbids scripts', async () => {
    const html = await readFile(syncPage, 'utf8');
    const watched = await watchedPage(browser);
    await watched.page.setContent(
      html.replace('</main>', '<img src="x" onerror="alert(1)"><script>alert(2)</script></main>'),
    );
    assert.equal(await watched.page.locator('script').count(), 1);
    const dialogs = watched.complaints.filter((complaint) => !complaint.startsWith('console: '));
    assert.deepEqual(dialogs, []);
    assert.ok(watched.complaints.some((complaint) => complaint.includes('Content Security Policy')));
    assert.deepEqual(watched.requests, []);
    await watched.page.context().close();
  });
});

test('without JavaScript the page reads the same', async () => {
  const [withIt, without] = await Promise.all([opened(syncPage), opened(syncPage, { javaScriptEnabled: false })]);
  const text = await withIt.page.locator('body').innerText();
  assert.match(text, /Not complete/);
  assert.equal(await without.page.locator('body').innerText(), text);
  await Promise.all([withIt.page.context().close(), without.page.context().close()]);
});

describe('on a phone of 320 px', () => {
  for (const [which, path] of [
    ['a sync', () => syncPage],
    ['a check with a very long key', () => checkPage],
  ] as const) {
    test(`the page of ${which} needs no sideways scrolling`, async () => {
      const watched = await opened(path(), { viewport: { width: 320, height: 640 }, isMobile: true });
      const { page } = watched;
      assert.deepEqual(await page.evaluate(tooWide), []);
      assert.equal(await page.evaluate(contentWidth), 320);
      await page.context().close();
    });
  }

  test('every figure says which it is, because the head of the table is out of sight', async () => {
    const { page } = await opened(syncPage, { viewport: { width: 320, height: 640 } });
    const source = page.getByRole('row', { name: /^Source/ }).first();
    assert.match((await source.innerText()).replace(/\s+/g, ' '), /Total 9 .* jpg 7 .* raw 0 .* other 2/);
    await page.context().close();
  });
});

describe('contrast is 4.5 at least for every text', () => {
  const LOOKS: readonly (readonly [look: string, options: BrowserContextOptions])[] = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
  ];
  for (const [look, options] of LOOKS) {
    for (const standing of ['fine', 'left', 'failed', 'cancelled', 'running', 'stopping']) {
      test(`${look}, ${standing}`, async () => {
        const { page } = await opened(syncPage, options);
        await page.evaluate(`document.querySelector('.verdict').className = 'verdict ${standing}'`);
        assert.deepEqual(await page.evaluate(lowContrasts, 4.5), []);
        await page.context().close();
      });
    }
  }

  test('dark is dark', async () => {
    const { page } = await opened(syncPage, { colorScheme: 'dark' });
    const { backgroundColor } = await page.evaluate(bodyColours);
    assert.match(backgroundColor, /^rgb\(1?\d, 1?\d, 2?\d\)$/);
    await page.context().close();
  });
});

describe('on paper', () => {
  test('it is black on white whatever the screen is, and A4 is wide enough', async () => {
    // A4 less two margins of 15 mm, in CSS pixels.
    const { page } = await opened(syncPage, { colorScheme: 'dark', viewport: { width: 680, height: 1_000 } });
    await page.emulateMedia({ media: 'print' });
    const blackOnWhite = { color: 'rgb(0, 0, 0)', backgroundColor: 'rgb(255, 255, 255)' };
    assert.deepEqual(await page.evaluate(bodyColours), blackOnWhite);
    assert.deepEqual(await page.evaluate(lowContrasts, 4.5), []);
    assert.equal(await page.evaluate(contentWidth), 680);
    assert.match((await page.pdf({ preferCSSPageSize: true })).subarray(0, 5).toString(), /%PDF-/);
    await page.context().close();
  });
});

describe('for those who do not see it', () => {
  test('it has a language, one first heading, headings in order, tables with heads, the verdict in words', async () => {
    const { page } = await opened(syncPage);
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    const levels = await page.evaluate(headingLevels);
    assert.deepEqual(
      levels.filter((level) => level === 1),
      [1],
    );
    assert.ok(
      levels.every((level, i) => i === 0 || level <= levels[i - 1]! + 1),
      String(levels),
    );
    assert.equal(await page.locator('th:not([scope])').count(), 0);
    assert.equal(await page.locator('td').count(), await page.getByRole('cell').count());
    assert.match(await page.locator('.verdict').innerText(), /Not complete\s+5 pictures \(\d+ bytes\) remaining as of/);
    await page.context().close();
  });

  test('a table stays a table on a phone', async () => {
    const { page } = await opened(syncPage, { viewport: { width: 320, height: 640 } });
    assert.equal(await page.getByRole('columnheader').count(), 5 + 3 + 2);
    assert.equal(await page.getByRole('rowheader').count(), 5 + 5 + 8);
    await page.context().close();
  });
});
