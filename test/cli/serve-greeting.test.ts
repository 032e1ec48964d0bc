// What `serve` says when it begins, and to whom it tells its token.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { greeting } from '../../lib/cli/run-serve.ts';

const SERVING = {
  url: 'http://127.0.0.1:8377',
  token: 'of-serve',
  serveJson: '/my state/serve.json',
  stores: ['old', "ada's new"],
};

describe('the greeting', () => {
  test('on a terminal shows the token, and where it is kept', () => {
    const text = greeting(SERVING, {}, true);
    assert.match(text, /^Token: +of-serve$/m);
    assert.match(text, /^Kept in: +\/my state\/serve\.json/m);
  });

  test('elsewhere, in a log perhaps, only says where it is', () => {
    const text = greeting(SERVING, {}, false);
    assert.doesNotMatch(text, /of-serve/);
    assert.match(text, /^Token: +in \/my state\/serve\.json$/m);
  });

  test('recommends a command that a shell takes, without the token', () => {
    const lines = greeting(SERVING, { stateDir: '/my state' }, true).split('\n');
    assert.deepEqual(
      lines.filter((line) => /picferry |curl /.test(line)),
      [`Try:      picferry sync old 'ada'\\''s new' --api http://127.0.0.1:8377 --state-dir '/my state'`],
    );
    assert.equal(lines.filter((line) => line.includes('of-serve')).length, 1);
  });
});
