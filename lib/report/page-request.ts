// The page's last part: what was asked for. Of a store it shows where pictures live, never how one gets in.
import { formatBytes, formatDuration, formatLimitUsd } from './format.ts';
import { type Html, html, keyList, moment, name, visible } from './page-text.ts';

/** As request.json has it (lib/workflow/request.ts), as far as the page shows it. */
export interface PageRequest {
  readonly source: PageStore;
  readonly destination: PageStore;
  readonly options: object;
  readonly from?: { readonly from: string; readonly only: string };
}

export type PageStore =
  | { readonly type: 'folder'; readonly name?: string; readonly path: string }
  | {
      readonly type: 's3';
      readonly name?: string;
      readonly bucket: string;
      readonly prefix: string;
      readonly endpointUrl?: string;
      readonly region?: string;
    };

type Row = readonly [title: string, value: Html];

export const requestSection = ({ source, destination, options, from }: PageRequest): Html => {
  const rows: Row[] = [
    ['Source', storeText(source)],
    ['Destination', storeText(destination)],
    ...(from ? [['Continues', fromText(from)] as const] : []),
    ...optionRows(options),
  ];
  return html`<section aria-labelledby="request"><h2 id="request">What was asked for</h2><dl>${rows.map(
    ([title, value]) => html`<dt>${visible(title)}</dt><dd>${value}</dd>`,
  )}</dl></section>`;
};

const storeText = (store: PageStore): Html => {
  const named = store.name === undefined ? '' : html`${name(store.name)}: `;
  if (store.type === 'folder') return html`${named}folder ${name(store.path)}`;
  const { bucket, prefix, endpointUrl, region } = store;
  return html`${named}${name(`s3://${bucket}/${prefix}`)}${endpointUrl && html` at ${name(endpointUrl)}`}${
    region && html`, region ${name(region)}`
  }`;
};

const fromText = ({ from, only }: { readonly from: string; readonly only: string }): Html =>
  html`${only === 'failed' ? 'what failed or was not tried' : 'what was missing'} in migration ${name(from)}`;

interface Option {
  readonly title: string;
  readonly show: (value: unknown) => Html;
  /** What it is where nobody asks for anything. */
  readonly usual?: unknown;
}

const texts = (value: unknown): Html => keyList(Array.isArray(value) ? value.map(String) : [String(value)]);
const text = (value: unknown): Html => name(String(value));
const when = (value: unknown): Html =>
  Number.isNaN(Date.parse(String(value))) ? text(value) : moment(new Date(String(value)).toISOString());
const says =
  (words: Readonly<Record<string, string>>) =>
  (value: unknown): Html =>
    Object.hasOwn(words, String(value)) ? html`${words[String(value)]}` : text(value);

const OPTIONS: Readonly<Record<string, Option>> = {
  include: { title: 'Only pictures like', show: texts, usual: [] },
  exclude: { title: 'Without pictures like', show: texts, usual: [] },
  capturedAfter: { title: 'Captured after', show: when },
  capturedBefore: { title: 'Captured before', show: when },
  modifiedAfter: { title: 'Modified after', show: when },
  modifiedBefore: { title: 'Modified before', show: when },
  minAgeMs: { title: 'Minimum age', show: (value) => html`${formatDuration(Number(value))}` },
  keyPattern: { title: 'Time in keys', show: text },
  checksum: { title: 'Checksums', show: says({ true: 'contents were compared too' }), usual: false },
  onDifferent: {
    title: 'Different ones',
    show: says({ overwrite: 'replaced (overwrite)', newer: 'replaced where the source’s is newer (newer)' }),
    usual: 'keep',
  },
  order: { title: 'Order', show: says({ oldest: 'oldest first' }), usual: 'newest' },
  concurrency: { title: 'Copied at once', show: text },
  tpsLimit: { title: 'Requests a second', show: (value) => html`at most ${String(value)}` },
  bandwidthLimit: { title: 'Bandwidth', show: (value) => html`at most ${formatBytes(Number(value))} a second` },
  maxCostUsd: { title: 'Cost', show: (value) => html`at most ${formatLimitUsd(Number(value))} USD` },
  storageClass: { title: 'Storage class', show: text },
  tags: { title: 'Tags', show: says({ false: 'not copied' }), usual: true },
  sseKmsKeyId: { title: 'Encrypted with', show: text },
};

/** Only what differs from the defaults; an option that this page does not know yet is shown as it is written. */
const optionRows = (options: object): readonly Row[] => {
  const rows = Object.entries(options).flatMap(([key, value]): Row[] => {
    const option = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
    if (value === undefined || JSON.stringify(value) === JSON.stringify(option?.usual)) return [];
    return [[option?.title ?? key, option ? option.show(value) : name(JSON.stringify(value))]];
  });
  return rows.length > 0 ? rows : [['Options', html`all as usual`]];
};
