// Where a command's time goes: one run of it with V8's sampling profiler, its samples added up by what the files they were in do.
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { percent, seconds } from '../bench.ts';
import { type Command, measure } from './measure.ts';

/** What V8 writes, as far as it is read. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  /** µs before each sample. */
  readonly timeDeltas: readonly number[];
}

/** The first that fits. Frames without a file go by their function's name. */
const AREAS: readonly (readonly [area: string, files: RegExp])[] = [
  ['waiting', /^\(idle\)$/],
  ['garbage collection', /^\(garbage collector\)$/],
  [
    'starting Node.js and loading code',
    /node:internal\/(modules|bootstrap|deps|main|vm|process\/(pre|execution))|^\(program\)$|amaro/,
  ],
  ['reading pages', /\/lib\/stores\/s3\/(page|page-values|xml|url-text|listing)\.ts/],
  ['bytes to text', /node:(internal\/)?buffer|^(latin1|utf8|ucs2)Slice$/],
  [
    'joining and judging',
    /\/lib\/(compare\/(join|findings|key|kind|statistics|filters)|workflow\/(compare-ranges|segments|list-run))\.ts/,
  ],
  ['choosing where to cut', /\/lib\/(compare\/(splitter|key-model|spelled)|workflow\/cutting)\.ts/],
  ['hashing and signing', /@smithy|node:internal\/crypto|\/lib\/stores\/s3\/sign\.ts/],
  [
    'HTTP',
    /undici|node:(net|http|internal\/(stream|js_stream|net|timers|process))|wasm|^(writeLatin1String|writev)$|\/lib\/stores\/s3\/(client|call|gather|body|failure)\.ts/,
  ],
  [
    'files',
    /node:(fs|internal\/fs|zlib)|\/lib\/stores\/folder\/|^(open|openFileHandle|read|writeBuffers?|close|[lf]?stat|futimes|(un)?link|rename|mkdir|rmdir|readdir|realpath)$/,
  ],
];
const REST = 'the rest';

/** `command.argv` begins with Node.js, and runs from source: a bundle's files cannot be told apart. */
export const profileOf = async (command: Command, scratch: string): Promise<string> => {
  const folder = await mkdtemp(join(scratch, 'profile-'));
  const [node = '', ...args] = command.argv;
  await measure({ ...command, argv: [node, '--cpu-prof', `--cpu-prof-dir=${folder}`, ...args] }, scratch);
  const [file = ''] = await readdir(folder);
  const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile;
  const areaOf = new Map(profile.nodes.map(({ id, callFrame }) => [id, areaOfFrame(callFrame)]));
  const micros = new Map<string, number>();
  profile.samples.forEach((id, i) => {
    const area = areaOf.get(id) ?? REST;
    micros.set(area, (micros.get(area) ?? 0) + profile.timeDeltas[i]!);
  });
  const all = [...micros.values()].reduce((sum, one) => sum + one, 0);
  const shares = [...micros]
    .sort(([, a], [, b]) => b - a)
    .map(([area, one]) => `${area} ${percent(one / all)}`)
    .join(', ');
  return `of ${seconds(all / 1e6)} on its main thread, from source, one run under the profiler: ${shares}`;
};

const areaOfFrame = ({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string => {
  const where = url === '' ? functionName : url;
  return AREAS.find(([, files]) => files.test(where))?.[0] ?? REST;
};
