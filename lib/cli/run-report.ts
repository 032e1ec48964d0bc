// Runs `report`: the table and the places, or report.json as it is.
import { reportPath } from '../workflow/paths.ts';
import { reportOf } from '../workflow/report-of.ts';
import { EXIT } from './exit.ts';
import type { StateFlags } from './flags.ts';
import { printResult } from './print-result.ts';
import { readKnown } from './state.ts';

export const runReport = (id: string, { stateDir, json }: StateFlags): Promise<number> =>
  readKnown(id, stateDir, async ({ record, host: { files } }) => {
    if (json) {
      // While a migration has not ended there may be no file yet: the same figures, as far as they are known.
      const body = (await files.read(reportPath(id))) ?? `${JSON.stringify(reportOf(record))}\n`;
      process.stdout.write(body);
    } else {
      await printResult(record, files, { json: false, warnings: true });
    }
    return EXIT.fine;
  });
