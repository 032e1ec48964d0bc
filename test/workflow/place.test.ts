// Places of pieces: in key order whatever is cut, and no range is cut so often that what is left cannot be cut any more.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ListedRange } from '../../lib/compare/splitter.ts';
import { cutPlace, wholePlace } from '../../lib/workflow/place.ts';
import { Segment } from '../../lib/workflow/segments.ts';

/** Ranges of a task: 16, and more where gaps keep them apart. */
const range = fc.constantFrom(0, 1, 15, 400);

describe('places of pieces', () => {
  test('follow each other without a gap, whichever piece is cut', () => {
    fc.assert(
      fc.property(range, fc.array(fc.nat(), { maxLength: 200 }), (of, cuts) => {
        const places = [wholePlace(of)];
        for (const cut of cuts) {
          const i = cut % places.length;
          const parts = cutPlace(places[i]!);
          if (parts) places.splice(i, 1, ...parts);
        }
        assert.equal(places[0]!.from, of);
        assert.equal(places.at(-1)!.to, of + 1);
        assert.ok(places.every(({ from, to }) => from < to && Math.floor(from) === of));
        assert.ok(places.slice(1).every(({ from }, i) => from === places[i]!.to));
      }),
    );
  });

  test('last for a hundred thousand cuts of the end of a range, with room to cut up what lies below it', () => {
    let place = wholePlace(15);
    for (let cut = 0; cut < 100_000; cut++) {
      let [lower, upper] = cutPlace(place)!;
      if (cut % 9_999 === 0) for (let deeper = 0; deeper < 14; deeper++) [lower] = cutPlace(lower)!;
      place = upper;
    }
    assert.ok(cutPlace(place));
  });

  test('end where numbers end, and are not cut there', () => {
    let place = wholePlace(15);
    for (let parts = cutPlace(place); parts; parts = cutPlace(place)) [place] = parts;
    assert.ok(place.from < place.to && cutPlace(place) === undefined);
  });
});

test('a range that is cut time and again at its end may be cut still, by later invocations too', () => {
  let end = new Segment({ of: 3, range: { after: '', upTo: null } });
  for (let camera = 0; camera < 1_000; camera++) {
    assert.ok(end.mayBeCut, `after ${camera} cuts`);
    const upper = end.cutOff(new ListedRange({ after: `cam${1_000 + camera}`, upTo: null }));
    assert.ok(upper.place.from > end.place.from);
    end = camera % 100 === 0 ? new Segment(upper.toDo!) : upper;
  }
});
