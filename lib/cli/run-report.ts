// Runs `report`: the table and the places, report.json as it is, the page in a browser, or all files in a folder.
import { fileURLToPath } from 'node:url';
import { printable } from '../report/printable.ts';
import { UsageError } from '../stores/usage-error.ts';
import { EXIT } from './exit.ts';
import { printResult } from './print-result.ts';
import { quoted } from './quoted.ts';
import type { ReportFlags } from './report.ts';
import { type Service, withService } from './service.ts';

export const runReport = (id: string, flags: ReportFlags): Promise<number> =>
  withService(flags, async (service) => {
    if (flags.download !== undefined) await download(service, id, flags.download, flags.json === true);
    else if (flags.open) await openPage(service, id, flags.json === true);
    else await print(service, id, flags.json === true);
    return EXIT.fine;
  });

const print = async (service: Service, id: string, json: boolean): Promise<void> => {
  const view = await service.report(id);
  if (json) process.stdout.write(`${JSON.stringify(view.report)}\n`);
  else printResult(await service.migration(id), view, { json: false, flags: service.flags });
};

/** The place is printed whatever becomes of the browser: on a server there is none, and a link can be copied. */
const openPage = async (service: Service, id: string, json: boolean): Promise<void> => {
  const page = await service.page(id);
  if (page === undefined) {
    throw new UsageError(
      `migration ${id} has no page yet: it is written with the first comparison; "picferry show ${quoted(id)}${service.flags}" tells how far it is`,
    );
  }
  const place = page.protocol === 'file:' ? fileURLToPath(page) : page.href;
  process.stdout.write(json ? `${JSON.stringify({ page: place })}\n` : `${printable(place)}\n`);
  const { openInBrowser } = await import('./open-in-browser.ts');
  const why = await openInBrowser(page);
  if (why !== undefined) process.stderr.write(`warning: no browser could be opened (${why}); open it yourself.\n`);
};

const download = async (service: Service, id: string, folder: string, json: boolean): Promise<void> => {
  const { downloadInto } = await import('./download.ts');
  const written = await downloadInto(folder, await service.files(id), id);
  process.stdout.write(json ? `${JSON.stringify({ files: written })}\n` : `${written.map(printable).join('\n')}\n`);
};
