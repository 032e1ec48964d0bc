// A service that is overloaded, breaks off, loses its answers, answers nonsense or refuses: at every request of a migration.
import { describe, test } from 'node:test';
import { chosen, eachCase } from '../kill/cases.ts';
import { proved, STORES } from '../ledger.ts';
import { settingsOf } from './album.ts';
import { BROKEN_OFF, type Fault, NO_ANSWER, OVERLOADED, REFUSED } from './answers.ts';
import { casesOf, proveCase, targetsOf } from './prove.ts';

interface Row {
  readonly fault: string;
  readonly how: string;
  readonly faults: readonly Fault[];
}

const AT_EACH =
  'at each request of a migration in turn, of every kind, with and without the service having done what was asked';

const ROWS: readonly Row[] = [
  {
    fault: 'throttled and overloaded (429, 500, 502, 503), once, in bursts, for good',
    how: `503, 429, 500, a proxy’s 502 and 520, once, three times, and from there on for good, ${AT_EACH}`,
    faults: OVERLOADED,
  },
  {
    fault: 'connections reset, answers lost',
    how: `reset, or cut before the first byte, after it, in the middle, before the last one, ${AT_EACH}`,
    faults: BROKEN_OFF,
  },
  {
    fault: '200 with an error or half an answer in it',
    how: `200 with an error, nothing, spaces, a part of the document, another document, a page of something that is no S3, and 204, ${AT_EACH}`,
    faults: NO_ANSWER,
  },
  {
    fault: 'refused in the middle (403, expired credentials)',
    how: `403, expired credentials, 412, 409, 501, 404 of what is there, 301 and 307 without a region, 408, once or from there on, ${AT_EACH}`,
    faults: REFUSED,
  },
];
/** Of each row and setting; all with PICFERRY_FAULTS=all. */
const SAMPLE = 6;

describe('a failing service', { timeout: 3_600_000 }, () => {
  for (const setting of settingsOf(STORES.slice(1))) {
    const { stores, createOnly = '' } = setting;
    test(`${stores} ${createOnly}`, async (t) => {
      const targets = await targetsOf(setting, t);
      for (const { fault, how, faults } of ROWS) {
        const cases = chosen(casesOf(setting, targets, faults), SAMPLE);
        const count = await eachCase(cases, async (one, _index, context) => void (await proveCase(one, context)));
        proved({ fault, how, stores, where: 'embedded', cases: count });
      }
    });
  }
});
