// What the API works with: the workflow's ports and its own, put together by lib/deployed and lib/embedded.
import type { StartHost } from '../workflow/start.ts';
import type { KnownStores, Links, Scheduler } from './ports.ts';

export interface ApiHost extends StartHost {
  readonly stores: KnownStores;
  readonly links: Links;
  readonly scheduler: Scheduler;
}
