// Listings that no S3 would send: each is refused as a whole, or read as exactly what it says.
import type { Reply, SeenRequest } from '../../support/scripted-s3.ts';

export interface Attack {
  readonly what: string;
  /** What the service answers instead of `said`. */
  readonly answer: (said: Reply, request: SeenRequest, number: number) => Reply;
  /** It changes nothing that matters: the listing is as good as before. */
  readonly isHarmless?: true;
}

const inBody =
  (change: (xml: string, request: SeenRequest, number: number) => string): Attack['answer'] =>
  (said, request, number) => ({ ...said, body: change(String(said.body ?? ''), request, number) });

const inFirst = (tag: string, text: string) =>
  inBody((xml) => xml.replace(new RegExp(`<${tag}>[^<]*</${tag}>(?=.*</Contents>)`, 's'), `<${tag}>${text}</${tag}>`));

const entry = (key: string): string =>
  `<Contents><Key>${key}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified><Size>3</Size></Contents>`;

const withHead = (head: string) => inBody((xml) => xml.replace(/<IsTruncated>.*?<\/IsTruncated>/, head));
const END = '</ListBucketResult>';

export const ATTACKS: readonly Attack[] = [
  { what: 'an entity that would grow a thousandfold', answer: inBody(bomb) },
  { what: 'an entity that reads a file', answer: inFirst('Key', '&xxe;') },
  { what: 'an entity called as something within', answer: inFirst('Key', 'pictures+/&toString;') },
  { what: 'half a surrogate pair', answer: inFirst('Key', 'pictures+/&#xD800;') },
  { what: 'a key outside the prefix', answer: inFirst('Key', 'elsewhere/a.jpg') },
  { what: 'a key of a megabyte outside the order', answer: inFirst('Key', `pictures%2B/${'z'.repeat(1_000_000)}`) },
  { what: 'a negative size', answer: inFirst('Size', '-1') },
  { what: 'a size that is no number', answer: inFirst('Size', 'NaN') },
  { what: 'a size beyond what numbers hold', answer: inFirst('Size', '9007199254740993') },
  { what: 'a size in another notation', answer: inFirst('Size', '1e1') },
  { what: 'a time that is none', answer: inFirst('LastModified', 'yesterday') },
  { what: 'an entry without a key', answer: inBody((xml) => xml.replace(/<Key>[^<]*<\/Key>/, '')) },
  {
    what: 'an element within one of its own name, which hides what follows',
    answer: inBody((xml) => xml.replace('<Contents>', '<Owner><Owner>x</Owner></Owner><Contents>')),
  },
  {
    what: 'entries within an element of no interest',
    answer: inBody((xml) =>
      xml.replace('<Contents>', '<Group><Contents>').replace('</Contents>', '</Contents></Group>'),
    ),
  },
  { what: 'two documents, one behind the other', answer: inBody((xml) => xml + xml) },
  { what: 'an entry behind the end', answer: inBody((xml) => `${xml}${entry('pictures%2B/zz')}${END}`) },
  { what: 'an element that is closed by another name', answer: inBody((xml) => xml.replace('</Key>', '</K>')) },
  { what: 'no word on whether more follows', answer: withHead('') },
  { what: 'more that follows, without saying how', answer: withHead('<IsTruncated>true</IsTruncated>') },
  {
    what: 'the same page for ever, each with another token',
    answer: inBody((xml, _request, number) =>
      xml.replace(
        /<IsTruncated>.*?<\/IsTruncated>(<NextContinuationToken>.*?<\/NextContinuationToken>)?/,
        `<IsTruncated>true</IsTruncated><NextContinuationToken>${number}</NextContinuationToken>`,
      ),
    ),
  },
  {
    what: 'folders for ever, which nobody asked for',
    answer: (said, { query }, number) =>
      query.has('delimiter')
        ? said
        : {
            ...said,
            body: endless(number, `<CommonPrefixes><Prefix>pictures%2B/${number}/</Prefix></CommonPrefixes>`),
          },
  },
  {
    what: 'empty pages for ever',
    answer: (said, { query }, number) => (query.has('delimiter') ? said : { ...said, body: endless(number, '') }),
  },
  {
    what: 'a page that somebody signed in to a Wi-Fi would see',
    answer: () => ({ body: '<html><body>Sign in</body></html>' }),
  },
  { what: 'nothing', answer: () => ({ body: '' }) },
  { what: 'an error in a success', answer: () => ({ body: '<Error><Code>constructor</Code></Error>' }) },
  {
    what: 'a code that is called as something within',
    answer: () => ({ status: 400, body: '<Error><Code>__proto__</Code></Error>' }),
  },
  {
    what: 'a redirect to somewhere else',
    answer: () => ({ status: 307, headers: { location: 'http://127.0.0.1:9/' } }),
  },
  {
    what: 'a region with a header in it',
    answer: () => ({
      status: 400,
      body: '<Error><Code>AuthorizationHeaderMalformed</Code><Region>x&#13;&#10;y: z</Region></Error>',
    }),
  },
  {
    what: 'a clock of the year 275,760',
    answer: (said) => ({ ...said, headers: { ...said.headers, date: 'Sat, 13 Sep 275760 00:00:00 GMT' } }),
    isHarmless: true,
  },
  { what: 'a comment', answer: inBody((xml) => xml.replace('<Contents>', '<!-- <Contents> --><Contents>')) },
  {
    what: 'an ETag with markup',
    answer: inBody((xml) => xml.replace(/<ETag>[^<]*/, '<ETag>&lt;script&gt;')),
    isHarmless: true,
  },
];

function bomb(xml: string): string {
  const entities = 'bcdefgh'.split('').map((name, i) => `<!ENTITY ${name} "${`&${'abcdefgh'[i]};`.repeat(10)}">`);
  const doctype = `<!DOCTYPE l [<!ENTITY a "${'x'.repeat(50)}">${entities.join('')}]>`;
  return xml.replace(/^(<\?.*?\?>)?/, `$1${doctype}`).replace(/<Key>[^<]*/, '<Key>pictures+/&h;');
}

const endless = (number: number, inner: string): string =>
  `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${number}</NextContinuationToken>${inner}${END}`;
