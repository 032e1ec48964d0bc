// What a request asks for where nobody asks for anything: whoever wants something else says only that.
import type { Options } from '../../lib/workflow/request.ts';

export const DEFAULT_OPTIONS = {
  include: [],
  exclude: [],
  checksum: false,
  onDifferent: 'keep',
  order: 'newest',
  tags: true,
} as const satisfies Options;
