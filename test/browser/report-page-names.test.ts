// Whatever keys, addresses, patterns and messages hold: the browser's own parser finds it as text and never as markup.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reportPage } from '../../lib/report/page.ts';
import { printable } from '../../lib/report/printable.ts';
import { givenPage } from '../report/page-inputs.ts';
import { amount } from '../report/reports.ts';
import { givenBrowser, watchedPage } from '../support/browser.ts';
import { parsed } from './in-page.js';

const FRAGMENTS = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '&lt;b&gt;',
  '&#60;i>',
  '</title><script>',
  '</style>',
  '<!--',
  ']]>',
  '{{7*7}}',
  '\u202e',
  '\0',
  '\r\n',
  '\ud83d',
  '\u{feff}',
];
const hostile = fc
  .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...FRAGMENTS)), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '');

/** The same page with a given text in every place that takes one. */
const pageWith = (text: string): string =>
  reportPage(
    givenPage({
      report: {
        status: 'failed',
        cause: text,
        message: text,
        source: text,
        destination: text,
        findings: {
          missingOnDestination: { source: amount(1) },
          different: { source: amount(1), destination: amount(1) },
        },
        reasons: { link: 1, [`reason ${text}`]: 1 },
      },
      examples: { missingOnDestination: [text], different: [text], link: [text], [`reason ${text}`]: [text] },
      request: {
        source: { type: 'folder', name: text, path: text },
        destination: { type: 's3', bucket: text, prefix: text, endpointUrl: text, region: text, createOnly: 'native' },
        from: { from: text, only: 'missing' },
      },
      options: {
        include: [text],
        exclude: [text],
        capturedAfter: text,
        keyPattern: text,
        storageClass: text,
        sseKmsKeyId: text,
        [`option ${text}`]: text,
      },
    }),
  );

/** With something invisible in it, so that its mark is among what a page may hold. */
const USUAL = 'usual\n';
const USUAL_JSON = JSON.stringify(USUAL);

test('any text comes back from the page as the text it was', { timeout: 240_000 }, async (t) => {
  const { page } = await watchedPage(await givenBrowser({ after: (close) => t.after(close) }));
  const usual = await page.evaluate(parsed, pageWith(USUAL));
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const found = await page.evaluate(parsed, pageWith(text));
      const expected = printable(text);
      assert.deepEqual(
        found.tags.filter((tag) => !usual.tags.includes(tag)),
        [],
      );
      assert.deepEqual(
        found.attributes.filter((name) => !usual.attributes.includes(name)),
        [],
      );
      // Addresses, examples, stores' names and places, whom it continues, options; one of those as JSON, being unknown.
      const wanted = usual.names.map((name) =>
        name === USUAL_JSON ? printable(JSON.stringify(text)) : name.replaceAll(printable(USUAL), () => expected),
      );
      assert.deepEqual(found.names, wanted);
      assert.ok(found.text.includes(`reason ${expected}`) && found.text.includes(`option ${expected}`));
      assert.ok(found.text.includes(`(${expected}): ${expected}`));
    }),
    { numRuns: 300 },
  );
});
