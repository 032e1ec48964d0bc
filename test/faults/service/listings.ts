// What a listing may say instead of the truth, made of what it would have said.
import type { Reply, SeenRequest } from '../../support/scripted-s3.ts';
import type { Fault } from './answers.ts';
import type { Breaking } from './requests.ts';

const LISTS = ['List', 'Prefixes'] as const;
const CONTENTS = /<Contents>.*?<\/Contents>/gs;
const TOKEN = /<NextContinuationToken>.*?<\/NextContinuationToken>/s;
const ETERNAL = '<NextContinuationToken>bG9vc2U</NextContinuationToken>';

type Change = (xml: string, request: SeenRequest) => string;

const changed = (name: string, change: Change, span = 1): Fault => ({
  name,
  span,
  operations: LISTS,
  breaking: ((request, next) => {
    const answered = next();
    if (!request.query.has('list-type')) return answered;
    return { ...answered, body: change(String(answered.body ?? ''), request) } satisfies Reply;
  }) satisfies Breaking,
});

const contentsIn = (xml: string): string[] => xml.match(CONTENTS) ?? [];
const withContents = (xml: string, contents: readonly string[]): string =>
  xml.replace(CONTENTS, '').replace('</ListBucketResult>', `${contents.join('')}</ListBucketResult>`);
const truncated = (xml: string, token: string): string =>
  xml.replace(TOKEN, '').replace(/<IsTruncated>\w+<\/IsTruncated>/, `<IsTruncated>true</IsTruncated>${token}`);
const ended = (xml: string): string => xml.replace(TOKEN, '').replace('<IsTruncated>true<', '<IsTruncated>false<');
const entry = (key: string): string =>
  `<Contents><Key>${key}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified><ETag>&quot;x&quot;</ETag><Size>3</Size><StorageClass>STANDARD</StorageClass></Contents>`;

/** It can be noticed, or does no harm: all of the proof holds. */
export const NOTICED: readonly Fault[] = [
  changed('cut in the middle', (xml) => xml.slice(0, xml.length >> 1)),
  changed('cut behind an entry', (xml) => xml.slice(0, Math.max(xml.indexOf('</Contents>') + 11, 100))),
  changed('out of order', (xml) => withContents(xml, contentsIn(xml).reverse()), 2),
  changed('an entry twice', (xml) =>
    withContents(
      xml,
      contentsIn(xml).flatMap((one) => [one, one]),
    ),
  ),
  changed('an entry outside the prefix', (xml) => withContents(xml, [...contentsIn(xml), entry('zzz/other.jpg')])),
  changed('more follows, but not how to go on', (xml) => truncated(xml, '')),
  changed('the same token for ever', (xml) => truncated(xml, ETERNAL), Number.POSITIVE_INFINITY),
  changed('does not say whether more follows', (xml) => xml.replace(/<IsTruncated>\w+<\/IsTruncated>/, '')),
  changed('no LastModified', (xml) => xml.replaceAll(/<LastModified>.*?<\/LastModified>/gs, '')),
  changed('no Size', (xml) => xml.replaceAll(/<Size>.*?<\/Size>/gs, '')),
  changed('two documents', (xml) => xml + xml),
  changed('keys as they are, although asked to encode them', (xml) =>
    xml
      .replace('<EncodingType>url</EncodingType>', '')
      .replaceAll(/<(Key|Prefix)>(.*?)<\/\1>/gs, (_all, name, key) => `<${name}>${decodeURIComponent(key)}</${name}>`),
  ),
  changed('+ for spaces', (xml) => xml.replaceAll('%20', '+')),
  {
    name: 'tokens that lead back to the first page',
    span: Number.POSITIVE_INFINITY,
    operations: LISTS,
    breaking: tokenLoop(),
  },
  {
    name: 'no Date',
    span: Number.POSITIVE_INFINITY,
    operations: LISTS,
    breaking: (_request, next) => {
      const answered = next();
      return { ...answered, headers: { ...answered.headers, date: '' } };
    },
  },
];

/** The first page leads to the second, and that one to the first again. */
function tokenLoop(): Breaking {
  const again = new Map<string, Reply>();
  const first = new Map<string, Reply>();
  const nextOf = ({ body = '' }: Reply): string => /<NextContinuationToken>(.*?)</.exec(String(body))?.[1] ?? '';
  return (request, next) => {
    if (!request.query.has('list-type')) return next();
    const token = request.query.get('continuation-token') ?? '';
    const answered = (token === '' ? undefined : again.get(token)) ?? next();
    const following = nextOf(answered);
    // Behind a last page nothing is asked for.
    if (following === '') return answered;
    const before = first.get(token);
    if (token === '') first.set(following, answered);
    else if (before) again.set(following, before);
    return answered;
  };
}

/**
 * Nobody can notice it: the service says that this is all there is. What stands there is not harmed, and a rerun by a
 * healthy service completes. (A full page that claims to be the last is noticed.)
 */
export const BELIEVED: readonly Fault[] = [
  changed('ending early without saying so', (xml) => ended(withContents(xml, contentsIn(xml).slice(0, -1)))),
  changed('empty without saying why', (xml) => ended(withContents(xml, []))),
  changed('hides an entry', (xml) => withContents(xml, contentsIn(xml).slice(1))),
  changed('shows what is gone', (xml, request) => {
    const token = request.query.has('continuation-token');
    return token
      ? xml
      : withContents(xml, [
          ...contentsIn(xml),
          ...(contentsIn(xml).length === 0 ? [entry('pictures%2B/zz gone.jpg')] : []),
        ]);
  }),
  changed('other sizes than there are', (xml) => xml.replaceAll(/<Size>\d+</g, '<Size>7<')),
  changed('times in the future', (xml) => xml.replaceAll(/<LastModified>20\d\d/g, '<LastModified>2199')),
];

let pages = 0;
/** With another token each. */
export const EMPTY_FOR_EVER = changed(
  'empty pages for ever',
  (xml) =>
    truncated(
      withContents(xml, []).replace(/<CommonPrefixes>.*<\/CommonPrefixes>/s, ''),
      `<NextContinuationToken>${Buffer.from(`loose ${pages++}`).toString('base64url')}</NextContinuationToken>`,
    ),
  Number.POSITIVE_INFINITY,
);

/** All there is on one page that says so, as servers do that know no paging. */
export const FULL_PAGE = changed('a full page that says it is the last', (xml) => ended(xml), Number.POSITIVE_INFINITY);
