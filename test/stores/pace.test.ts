// When requests and bytes may pass, in virtual time.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newWriteRate, Pace, type PaceLimits } from '../../lib/stores/pace.ts';
import { virtualTime } from '../support/virtual-time.ts';

const given = (limits: PaceLimits) => {
  const time = virtualTime();
  const pace = new Pace(time);
  pace.limit(limits);
  return { time, pace };
};

/** When each of them went on, ms. */
const passed = async (time: ReturnType<typeof virtualTime>, turns: readonly (() => Promise<void> | undefined)[]) => {
  const at: number[] = [];
  const all = turns.map(async (turn, i) => {
    await turn();
    at[i] = time.now();
  });
  await time.run();
  await Promise.all(all);
  return at;
};

describe('pace', () => {
  test('without a limit nobody waits, and no promise is made', () => {
    const { pace } = given({});
    for (const method of ['GET', 'PUT', 'HEAD', 'DELETE']) assert.equal(pace.beforeRequest(method), undefined);
    assert.equal(pace.beforeReading(1e12), undefined);
    assert.equal(pace.sending(1e12)(1e11), undefined);
    assert.equal(pace.limitsBytes, false);
  });

  test('requests leave one by one, whatever they are for', async () => {
    const { time, pace } = given({ requestsPerSecond: 4 });
    const methods = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE'];
    assert.deepEqual(
      await passed(
        time,
        methods.map((method) => () => pace.beforeRequest(method)),
      ),
      [0, 250, 500, 750, 1_000],
    );
  });

  test('writes have a limit of their own, which reading does not touch', async () => {
    const { time, pace } = given({ writesPerSecond: 10 });
    // 20 ms may be made up for: not a whole one here.
    assert.deepEqual(
      await passed(
        time,
        ['PUT', 'GET', 'HEAD', 'POST', 'GET', 'DELETE'].map((method) => () => pace.beforeRequest(method)),
      ),
      [0, 0, 0, 80, 0, 180],
    );
  });

  test('a second has 3,500 writes, and the few that a pause allows', async () => {
    const { time, pace } = given({ writesPerSecond: 3_500 });
    const at = await passed(
      time,
      Array.from({ length: 10_000 }, () => () => pace.beforeRequest('PUT')),
    );
    assert.ok(at.filter((ms) => ms < 1_000).length <= 3_500 + 70 + 1);
    assert.ok(at.filter((ms) => ms >= 1_000 && ms < 2_000).length <= 3_501);
    assert.ok(Math.max(...at) > 2_800 && Math.max(...at) < 2_850);
  });

  test('those who write to one service share its limit; each has its own for all requests', async () => {
    const time = virtualTime();
    const writes = newWriteRate();
    const [one, other] = [new Pace({ ...time, writes }), new Pace({ ...time, writes })];
    for (const pace of [one, other]) pace.limit({ writesPerSecond: 50, requestsPerSecond: 1 });
    // 20 ms are one write; the next has to wait for the requests' limit anyway.
    const turns = [one, other, one, other].map((pace) => () => pace.beforeRequest('PUT'));
    assert.deepEqual(await passed(time, turns), [0, 0, 1_000, 1_000]);
    one.limit({});
    assert.equal(writes.isLimited, true, 'a step that says nothing of writing leaves it to those that write');
  });

  test('bytes are read side by side; the next ones pay for the last', async () => {
    const { time, pace } = given({ bytesPerSecond: 1_000 });
    assert.equal(pace.limitsBytes, true);
    const read = [500, 500, 100].map((bytes) => () => pace.beforeReading(bytes));
    // A tenth of a second may be made up for.
    assert.deepEqual(await passed(time, read), [0, 400, 900]);
  });

  test('bodies are sent one after the other, each byte at its time, whatever is read meanwhile', async () => {
    const { time, pace } = given({ bytesPerSecond: 1_000 });
    const [one, other] = [pace.sending(1_000), pace.sending(500)];
    const turns = [() => one(0), () => one(500), () => other(0), () => other(250), () => pace.beforeReading(1)];
    assert.deepEqual(await passed(time, turns), [0, 500, 900, 1_150, 0]);
  });

  test('a wait longer than a timer takes is waited for to its end', async () => {
    const { time, pace } = given({ requestsPerSecond: 1e-7 });
    assert.deepEqual(await passed(time, [() => pace.beforeRequest('GET'), () => pace.beforeRequest('GET')]), [0, 1e10]);
  });
});
