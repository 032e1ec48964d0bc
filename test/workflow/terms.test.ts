// Which prices hold for a pair, and what copying one picture asks of its stores: a table.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LIST_PRICES, pricesWith } from '../../lib/stores/prices.ts';
import type { S3Spec, StoreSpec } from '../../lib/stores/spec.ts';
import { DEFAULT_LIMITS } from '../../lib/workflow/limits.ts';
import type { Options } from '../../lib/workflow/request.ts';
import { type Billing, requestsOf, termsOf, usdOfPicture } from '../../lib/workflow/terms.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';

const GB = 1e9;
const KB = 1_000;
const aws = (region?: string): S3Spec => ({
  ...{ type: 's3', bucket: 'b', prefix: '', createOnly: 'native' },
  ...(region === undefined ? {} : { region }),
});
const minio: S3Spec = { ...aws(), endpointUrl: 'https://minio.example.org', createOnly: 'headFirst' };
const folder: StoreSpec = { type: 'folder', path: '/pictures' };
const here: Billing = { prices: LIST_PRICES };
const lambda: Billing = { prices: LIST_PRICES, lambda: { gigabytes: 1.73, region: 'us-east-1' } };

const terms = (
  source: StoreSpec,
  destination: StoreSpec,
  {
    sameService = false,
    billing = here,
    ...options
  }: Partial<Options> & { sameService?: boolean; billing?: Billing } = {},
) =>
  termsOf(
    {
      ...{ mode: 'sync', source, destination },
      options: {
        ...DEFAULT_OPTIONS,
        ...options,
      },
    },
    sameService,
    billing,
    DEFAULT_LIMITS,
  );

describe('requests of one picture', () => {
  const rows: readonly (readonly [what: string, of: ReturnType<typeof terms>, sizeBytes: number, expected: object])[] =
    [
      [
        'within S3: one that copies',
        terms(aws(), aws(), { sameService: true }),
        KB,
        { sourceReads: 0, destinationReads: 0, writes: 1 },
      ],
      [
        'within MinIO: a look first',
        terms(minio, minio, { sameService: true }),
        KB,
        { sourceReads: 0, destinationReads: 1, writes: 1 },
      ],
      [
        'within S3, above 5 GB: read with its tags, begun, 64 MiB each, completed',
        terms(aws(), aws(), { sameService: true }),
        6 * 1024 ** 3,
        { sourceReads: 2, destinationReads: 0, writes: 98 },
      ],
      ['between services: GET, tags, PUT', terms(minio, aws()), KB, { sourceReads: 2, destinationReads: 0, writes: 1 }],
      [
        'without tags: GET, PUT',
        terms(minio, aws(), { tags: false }),
        KB,
        { sourceReads: 1, destinationReads: 0, writes: 1 },
      ],
      ['from a folder: PUT', terms(folder, aws()), KB, { sourceReads: 0, destinationReads: 0, writes: 1 }],
      [
        'from a folder, in parts',
        terms(folder, aws()),
        65 * 1024 ** 2,
        { sourceReads: 0, destinationReads: 0, writes: 4 },
      ],
      ['to a folder: GET', terms(aws(), folder), KB, { sourceReads: 1, destinationReads: 0, writes: 0 }],
      ['between folders: none', terms(folder, folder), KB, { sourceReads: 0, destinationReads: 0, writes: 0 }],
      [
        'where different ones are replaced: a look at the destination',
        terms(folder, aws(), { onDifferent: 'overwrite' }),
        KB,
        { sourceReads: 0, destinationReads: 1, writes: 1 },
      ],
    ];
  for (const [what, of, sizeBytes, expected] of rows) {
    test(what, () => {
      assert.deepEqual(requestsOf(of, sizeBytes), expected);
    });
  }
});

describe('cost of one picture of 1 GB, USD', () => {
  const elsewhere = pricesWith({ elsewhere: { writePerThousand: 4.5, outPerGb: 0.01 } });
  const put = 17 * 0.000005;
  const rows: readonly (readonly [what: string, of: ReturnType<typeof terms>, usd: number])[] = [
    ['a copy within a region', terms(aws(), aws(), { sameService: true }), 0.000005],
    ['between regions', terms(aws('us-east-1'), aws('eu-west-1'), { sameService: true }), 0.000005 + 0.02],
    ['into STANDARD_IA', terms(aws(), aws(), { sameService: true, storageClass: 'STANDARD_IA' }), 0.00001],
    ['from S3 to this machine', terms(aws(), folder), 0.0000004 + 0.09],
    ['from this machine to S3', terms(folder, aws()), put],
    ['between folders', terms(folder, folder), 0],
    ['within MinIO', terms(minio, minio, { sameService: true }), 0],
    [
      'within a service whose prices are known',
      terms(minio, minio, { sameService: true, billing: { prices: elsewhere } }),
      0.0045,
    ],
    ['Lambda, from MinIO to its own region', terms(minio, aws(), { billing: lambda }), put],
    ['Lambda, to MinIO', terms(aws(), minio, { billing: lambda }), 2 * 0.0000004 + 0.09],
    [
      'Lambda, out of another region into another',
      terms(aws('eu-west-1'), aws('eu-west-1'), { billing: lambda }),
      2 * 0.0000004 + put + 0.04,
    ],
  ];
  for (const [what, of, usd] of rows) {
    test(what, () => {
      assert.ok(Math.abs(usdOfPicture(of, GB) - usd) < 1e-9, `${usdOfPicture(of, GB)} instead of ${usd}`);
    });
  }
});
