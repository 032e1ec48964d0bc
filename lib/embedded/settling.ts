// Settles migrations whose execution is over; what cannot be written down now (a full disk) is tried again later.
import { type SettleHost, settle } from '../workflow/settle.ts';

export interface Settling {
  /** Never rejects. */
  settle(migrationId: string): Promise<void>;
  /** Keeps work on a migration that failed. */
  later(migrationId: string, work: () => Promise<unknown>): void;
  /** Once more all that failed. */
  again(): Promise<void>;
}

export const createSettling = (host: SettleHost): Settling => {
  const left = new Map<string, () => Promise<unknown>>();

  const attempt = async (migrationId: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      left.delete(migrationId);
    } catch (error) {
      left.set(migrationId, work);
      host.log('not settled', { migrationId, message: (error as Error).message });
    }
  };

  return {
    settle: (migrationId) => attempt(migrationId, () => settle(migrationId, host, { tasksOver: true })),
    later: (migrationId, work) => void left.set(migrationId, work),
    again: async () => {
      for (const [migrationId, work] of [...left]) await attempt(migrationId, work);
    },
  };
};
