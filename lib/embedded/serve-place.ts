// One `serve` to a state folder: two would both fire its schedules. Told by a document that names a living process.
import type { Document, Liveness, Records } from '../workflow/ports.ts';

interface PlaceDocument extends Document {
  readonly pk: 'serve';
  readonly sk: 'place';
  /** null: free. */
  readonly holder: string | null;
  readonly pid: number;
  /** null: it does not listen yet. */
  readonly url: string | null;
}

export interface Place {
  /** Says where it listens. */
  tell(url: string): Promise<void>;
  leave(): Promise<void>;
}

/** Another living serve has this state folder. */
export class ServeRunning extends Error {
  override readonly name = 'ServeRunning';
}

/** Throws `ServeRunning`, naming the other's pid and url. A dead one's place is taken. */
export const takePlace = async (host: { readonly records: Records; readonly liveness: Liveness }): Promise<Place> => {
  const { records, liveness } = host;
  const mine = { pk: 'serve', sk: 'place', holder: liveness.mine ?? null, pid: process.pid, url: null } as const;
  for (;;) {
    const found = await records.get<PlaceDocument>(mine.pk, mine.sk);
    if (found?.holder && !(await liveness.isDead(found.holder))) {
      throw new ServeRunning(
        `"picferry serve" runs on this state folder already: process ${found.pid}, ${found.url ?? 'about to listen'}. Use it, stop it, or choose another --state-dir.`,
      );
    }
    if (await records.put(mine, found ? { holder: found.holder } : 'absent')) break;
  }
  const change = async (document: PlaceDocument): Promise<void> => {
    await records.put(document, { holder: mine.holder });
  };
  return { tell: (url) => change({ ...mine, url }), leave: () => change({ ...mine, holder: null }) };
};
