// Camera and capture time out of a key.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Capture, capturedAt, captureOf } from '../../lib/compare/capture.ts';
import { compileKeyPattern } from '../../lib/compare/key-pattern.ts';
import { entry } from './keys.ts';

const noon = Date.UTC(2026, 0, 2, 12, 30, 59);

describe('without a pattern', () => {
  const cases: readonly (readonly [string, Capture])[] = [
    ['cam1/pictures/20260102/20260102123059.jpg', { camera: 'cam1', capturedAt: noon }],
    ['cam1/pictures/raw/20260102/20260102123059.cr2', { camera: 'cam1', capturedAt: noon }],
    ['cam1/pictures/RAW/20260102/20260102123059.cr2', { camera: 'cam1', capturedAt: noon }],
    ['site/a b/cam1/pictures/20260102/20260102123059.jpg', { camera: 'site/a b/cam1', capturedAt: noon }],
    ['pictures/20260102/20260102123059.jpg', { capturedAt: noon }],
    ['/pictures/20260102/20260102123059.jpg', { capturedAt: noon }],
    ['raw/pictures/20260102/20260102123059.jpg', { camera: 'raw', capturedAt: noon }],
    ['cam1/pictures/20260102/20260102123059-2.jpg', { camera: 'cam1', capturedAt: noon }],
    ['cam1/pictures/20260102/20260102123059', { camera: 'cam1', capturedAt: noon }],
    ['cam1/pictures/20240229/20240229000000.jpg', { camera: 'cam1', capturedAt: Date.UTC(2024, 1, 29) }],
    ['cam1/pictures/20261399/20261399000000.jpg', { camera: 'cam1' }],
    ['cam1/pictures/20260229/20260229000000.jpg', { camera: 'cam1' }],
    ['cam1/pictures/20000229/20000229000000.jpg', { camera: 'cam1', capturedAt: Date.UTC(2000, 1, 29) }],
    ['cam1/pictures/21000229/21000229000000.jpg', { camera: 'cam1' }],
    ['cam1/pictures/20260100/20260100000000.jpg', { camera: 'cam1' }],
    ['cam1/pictures/20260102/20260102240000.jpg', { camera: 'cam1' }],
    ['cam1/pictures/20260102/20260102126000.jpg', { camera: 'cam1' }],
    ['cam1/pictures/20260102/00000102123059.jpg', { camera: 'cam1' }],
    ['cam1/pictures/20260102/IMG_20260102123059.jpg', { camera: 'cam1' }],
    ['cam1/pictures/20260102/2026010212305.jpg', { camera: 'cam1' }],
    ['cam1/pictures/20260102/', { camera: 'cam1' }],
    ['cam1/pictures/2026010/20260102123059.jpg', {}],
    ['cam1/mypictures/20260102/20260102123059.jpg', {}],
    ['cam1/pictures/thaw/20260102/20260102123059.jpg', {}],
    ['cam1/pictures/x/20260102/20260102123059.jpg', {}],
    ['cam1/20260102/20260102123059.jpg', {}],
    ['20260102/20260102123059.jpg', {}],
    ['raw/20260102/20260102123059.jpg', {}],
    ['20260102123059.jpg', {}],
    ['', {}],
  ];
  for (const [key, capture] of cases) {
    test(`"${key}"`, () => {
      assert.deepEqual(captureOf(key), capture);
      assert.equal(capturedAt(entry(key, { modifiedAt: 5 })), capture.capturedAt ?? 5);
    });
  }

  test('every second of four centuries is read back', () => {
    const seconds = fc.integer({ min: Date.UTC(1800, 0) / 1000, max: Date.UTC(2200, 0) / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        const digits = new Date(second * 1000).toISOString().replace(/\.000Z|\D/g, '');
        const key = `c/pictures/${digits.slice(0, 8)}/${digits}.jpg`;
        assert.deepEqual(captureOf(key), { camera: 'c', capturedAt: second * 1000 });
      }),
    );
  });
});

describe('with a pattern', () => {
  const cases: readonly (readonly [string, string, Capture])[] = [
    [
      '^(?<camera>[^/]+)/(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)T(?<hour>\\d\\d)(?<minute>\\d\\d)(?<second>\\d\\d)',
      'cam1/2026-01-02T123059.jpg',
      { camera: 'cam1', capturedAt: noon },
    ],
    ['(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)', 'IMG_20260102.jpg', { capturedAt: Date.UTC(2026, 0, 2) }],
    ['(?<year>\\d\\d)-(?<month>\\d\\d)', '26-03.jpg', { capturedAt: Date.UTC(2026, 2, 1) }],
    ['(?<year>\\d{4})(?<month>\\w\\w)', '2026xx.jpg', {}],
    ['(?<year>\\d{4})(?<month>\\d\\d)', '202613.jpg', {}],
    ['(?<camera>c\\d+)(?:_(?<year>\\d{4}))?', 'c7.jpg', { camera: 'c7' }],
    ['(?<camera>c\\d+)', 'other.jpg', {}],
    ['(?<camera>c\\d+)', 'x/pictures/20260102/20260102123059.jpg', {}],
  ];
  for (const [pattern, key, capture] of cases) {
    test(`${pattern} on "${key}"`, () => {
      const compiled = compileKeyPattern(pattern);
      assert.deepEqual(captureOf(key, compiled), capture);
      assert.equal(capturedAt(entry(key, { modifiedAt: 5 }), compiled), capture.capturedAt ?? 5);
    });
  }

  for (const [pattern, message] of [
    ['(?<camera>', /the key pattern is no regular expression: missing closing \)/],
    ['cam\\d+', /the key pattern has no named group; it takes \(\?<camera>…\), \(\?<year>…\)/],
    ['(?<cam>.)', /has an unknown group "cam"/],
    ['(?<month>\\d\\d)', /has a group "month" but none for the year/],
    ['(?<year>\\d{4})(?<day>\\d\\d)', /has a group "day" but none for the month/],
  ] as const) {
    test(`${pattern} is refused`, () => assert.throws(() => compileKeyPattern(pattern), { message }));
  }
});
