// Random stores, options and faults against a reference of what must be true: pairs with a folder in them.
import { provePairs } from './properties/prove-pair.ts';

provePairs(['folder → folder', 'folder → S3', 'S3 → folder']);
