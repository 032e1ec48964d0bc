// Random stores, options and faults against a reference of what must be true: pairs without a folder.
import { provePairs } from './prove-pair.ts';

provePairs(['S3 → S3', 'S3 → another S3']);
