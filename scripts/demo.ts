// Migrates between two made-up servers, or between the user's own, and checks every picture's hash before and after.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { makeServers } from './demo-servers.ts';
import { differing, type Hashes, hashesOf } from './hashes.ts';
import { ROOT } from './set-up.js';

const USAGE = `npm start                                       migrate between two made-up servers
npm start -- --dir DIR                          make them in DIR instead of .cache/demo
npm start -- --source X --destination Y         migrate between your own stores
npm start -- … --no-hashes                      leave out reading every picture before and after

Nothing is ever deleted on either side, and nothing is overwritten.`;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const flags = () => {
  try {
    const { values } = parseArgs({
      options: {
        source: { type: 'string' },
        destination: { type: 'string' },
        dir: { type: 'string' },
        'no-hashes': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      say(USAGE);
      process.exit(0);
    }
    if ((values.source === undefined) !== (values.destination === undefined)) {
      throw new Error('--source and --destination go together');
    }
    return values;
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n\n${USAGE}\n`);
    process.exit(2);
  }
};

/** As the CLI tells folders from names and buckets; undefined: not on this machine, so no hashes from here. */
const folderOf = (store: string): string | undefined => {
  if (store.startsWith('s3://')) return undefined;
  if (!/[/\\]/.test(store) && !/^[.~]/.test(store)) return undefined;
  return resolve(store.replace(/^~(?=\/|$)/, homedir()));
};

const picferry = async (args: readonly string[]): Promise<{ code: number | null; stdout: string }> => {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'picferry.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const stdout = await text(child.stdout);
  return { code: await ended, stdout };
};

const given = flags();
const dir = resolve(given.dir ?? join(ROOT, '.cache', 'demo'));
const stateArgs = given.source === undefined ? ['--state-dir', join(dir, 'state')] : [];
let source = given.source ?? '';
let destination = given.destination ?? '';
if (given.source === undefined) {
  say('Making an old server with a day of pictures, and a new one with what cameras sent since 20:00 …');
  await mkdir(dir, { recursive: true });
  const { oldServer, newServer } = await makeServers(dir);
  source = oldServer;
  destination = newServer;
}

const folders = given['no-hashes'] ? [] : [folderOf(source), folderOf(destination)];
const [sourceFolder, destinationFolder] = folders;
let before: { source: Hashes; destination: Hashes } | undefined;
if (sourceFolder !== undefined && destinationFolder !== undefined) {
  say('Taking the SHA-256 of every picture on both …');
  before = { source: await hashesOf(sourceFolder), destination: await hashesOf(destinationFolder) };
} else say('Hashes are not compared: that is done for two folders only.');

say(`picferry sync ${source} ${destination}`);
const ran = await picferry(['sync', source, destination, '--json', ...stateArgs]);
if (ran.stdout.trim() === '') process.exit(ran.code ?? 3);
const { id, report, remaining } = JSON.parse(ran.stdout) as {
  id: string;
  report: string;
  remaining: { count: number | null };
};
say('');
say((await picferry(['report', id, ...stateArgs])).stdout.trimEnd());
say('');

let wrong: string[] = [];
if (before && sourceFolder !== undefined && destinationFolder !== undefined) {
  const after = { source: await hashesOf(sourceFolder), destination: await hashesOf(destinationFolder) };
  const onlyOnSource = new Map([...before.source].filter(([key]) => !before.destination.has(key)));
  const arrived = new Map([...onlyOnSource].filter(([key]) => after.destination.has(key)));
  const absent = onlyOnSource.size - arrived.size;
  if (absent > 0 && remaining.count === 0) {
    say(`Hashes: ${absent} pictures did not arrive, although the report says that nothing is missing.`);
    process.exit(1);
  }
  if (absent > 0) say(`Hashes: ${absent} pictures did not arrive; the report says why (too young, filtered, failed).`);
  wrong = [
    ...differing(arrived, after.destination),
    ...differing(before.destination, after.destination),
    ...differing(before.source, after.source),
  ];
  say(
    wrong.length === 0
      ? `Hashes: all ${arrived.size} pictures that arrived are identical; all ${before.destination.size} that were there, and all ${before.source.size} on the source, are unchanged.`
      : `Hashes: ${wrong.length} pictures are not what they should be: ${wrong.slice(0, 5).join(', ')} …`,
  );
}
say(`Report: ${report}`);
process.exit(wrong.length > 0 ? 1 : (ran.code ?? 3));
