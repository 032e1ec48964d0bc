// Fuzz target: bodies of requests to the API: taken as documented or refused with a sentence, never a 500, never an effect.
import assert from 'node:assert/strict';
import { type GivenApi, givenApi } from '../../../support/given-api.ts';
import type { OpenTarget } from '../target.ts';

export const open: OpenTarget = async () => {
  const closing: (() => Promise<void>)[] = [];
  const api: GivenApi = await givenApi({ after: (close) => void closing.push(close) });
  const ask = async (method: string, path: string, text: string, headers: Record<string, string> = {}) => {
    const before = api.effects.length;
    const { status, json } = await api.call(method, path, { text, headers });
    assert.ok(status < 500, JSON.stringify(json));
    // A name that is taken is found out by a write that expects nothing there.
    if (status >= 400 && status !== 409)
      assert.deepEqual(api.effects.slice(before), [], 'what is refused has no effect');
  };
  return {
    words: [
      ...[
        '"source":"old"',
        '"destination":"new"',
        '"mode":"check"',
        '"options":{}',
        '"from":"x"',
        '"only":"failed"',
        '"name":"a"',
      ],
      ...[
        '"expression":"rate(1 day)"',
        '"timeZone":"UTC"',
        '"include":["**"]',
        '"keyPattern":"(?<year>.)"',
        '"minAgeMs":-1',
      ],
      ...['"__proto__":{"source":"old"}', '"constructor":1', '"concurrency":1e9', '"capturedAfter":"2026-13-01"'],
    ],
    check: async (input) => {
      const text = input.toString('utf8');
      await ask('POST', '/schedules', text);
      // A store that is unknown keeps migrations from starting: only what is judged before is of interest.
      await ask('POST', '/migrations', text.replaceAll('"old"', '"unknown"'));
      const part = encodeURIComponent(text.toWellFormed().slice(0, 300));
      await ask('POST', `/migrations/${part}/cancel`, '');
    },
    close: async () => {
      for (const close of closing) await close();
    },
  };
};
