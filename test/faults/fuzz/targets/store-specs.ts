// Fuzz target: a store as it is typed on a command line.
import assert from 'node:assert/strict';
import { isAbsolute } from 'node:path';
import { resolveStore } from '../../../../lib/stores/address.ts';
import { placeOf } from '../../../../lib/stores/s3/address.ts';
import { addressOf } from '../../../../lib/stores/spec.ts';
import { unlessRefused } from '../refusals.ts';
import type { OpenTarget } from '../target.ts';

const stores = { old: { bucket: 'old-pictures', prefix: 'cam' }, field: { folder: './field' } };

export const open: OpenTarget = () => ({
  words: ['s3://', 'S3://', 'bucket', '/prefix', 'old', 'field', './', '~/', '~user', 'http://', '@', '?', '..', ' '],
  check: (input) => {
    // The first line is the store, the second one an endpoint.
    const [text = '', endpointUrl] = input.toString('utf8').split('\n');
    const options = { side: 'source', cwd: '/nowhere', env: { HOME: '/home/me' }, stores } as const;
    const asked = endpointUrl ? { ...options, endpointUrl } : options;
    const spec = unlessRefused(() => resolveStore(text, asked), 'UsageError');
    if (spec === undefined) return;
    assert.ok(addressOf(spec).length > 0);
    if (spec.type === 'folder') return assert.ok(isAbsolute(spec.path) && !spec.path.includes('\0'));
    const { bucket, prefix, region = 'us-east-1', ...rest } = spec;
    assert.match(bucket, /^[A-Za-z0-9][A-Za-z0-9._-]*$/);
    assert.ok(prefix === '' || prefix.endsWith('/'), 'a prefix ends in /');
    assert.ok(prefix.isWellFormed(), 'a prefix can be sent');
    const place = placeOf({ bucket, region, ...(rest.endpointUrl ? { endpointUrl: rest.endpointUrl } : {}) });
    assert.match(place.host, /^[^\s/@]+$/);
  },
});
