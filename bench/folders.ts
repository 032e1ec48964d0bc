// Folder to folder, folder to S3 and back: beside cp, rclone and s5cmd.
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, megabytes, type Section, seconds, times } from './bench.ts';
import { type Contender, inTurn, type Placed } from './support/measure.ts';
import { makePictures, pictureNames } from './support/pictures.ts';
import { profileOf } from './support/profile.ts';
import { openStage } from './support/stage.ts';

const PICTURES = 3_000;
const BYTES = 200_000;
const AT_ONCE = '64';

interface Kind {
  readonly what: string;
  readonly from: string;
  /** Peers of this kind, beside Picferry. */
  readonly peers: readonly Pick<Contender, 'name' | 'command'>[];
  /** Before each turn of each, and behind it. */
  before(): Promise<void>;
  check?(): Promise<void>;
}

export const folders: Bench = {
  name: 'folders',
  run: async (running): Promise<Section> => {
    const { isSmoke, rounds, scratch } = running;
    const [count, bytes] = isSmoke ? [60, 1_000] : [PICTURES, BYTES];
    const pictures = join(scratch, 'folder-pictures');
    await makePictures(pictures, pictureNames(count), bytes);
    await using stage = await openStage(running);
    await stage.bucket('pictures', pictures);
    let made = 0;
    let to = '';
    const newFolder = async () => {
      to = join(scratch, `folder-to-${made++}`);
      await mkdir(to);
    };
    const newBucket = async () => {
      to = `folder-to-${made++}`;
      await stage.bucket(to);
    };
    const many = ['--transfers', AT_ONCE, '--checkers', AT_ONCE];
    const last = pictureNames(count).at(-1)!;
    const arrived = (): Promise<void> => access(join(to, last));
    const sync = (from: string) => ['sync', from, to, '--min-age', '0s'] as const;
    const picferry = ({ from }: Kind) => ({
      name: 'picferry sync',
      command: () => ({ ...stage.picferry(...sync(from)), goodCodes: [0] }),
    });
    const kinds: readonly Kind[] = [
      {
        ...{ what: 'folder to folder', from: pictures, before: newFolder, check: arrived },
        peers: [
          {
            name: 'cp -r',
            command: () => ({ argv: ['cp', '-r', `${pictures}/.`, to], cwd: scratch }),
          },
          {
            name: 'rclone copy',
            command: () => stage.peer('rclone', 'copy', pictures, to, ...many),
          },
        ],
      },
      {
        ...{ what: 'folder to S3', from: pictures, before: newBucket },
        peers: [
          {
            name: 'rclone copy',
            command: () => stage.peer('rclone', 'copy', pictures, `s3:${to}`, ...many),
          },
          {
            name: 's5cmd cp',
            command: () => stage.peer('s5cmd', '--numworkers', AT_ONCE, 'cp', `${pictures}/*`, `s3://${to}/`),
          },
        ],
      },
      {
        ...{ what: 'S3 to folder', from: 'pictures', before: newFolder, check: arrived },
        peers: [
          {
            name: 'rclone copy',
            command: () => stage.peer('rclone', 'copy', 's3:pictures', to, ...many),
          },
          {
            name: 's5cmd cp',
            command: () => stage.peer('s5cmd', '--numworkers', AT_ONCE, 'cp', 's3://pictures/*', `${to}/`),
          },
        ],
      },
    ];
    const placed: (readonly [what: string, ...Placed[]])[] = [];
    const profiles: (readonly [string, string])[] = [];
    for (const kind of kinds) {
      const { what, from, before, check, peers } = kind;
      running.say(what);
      const everybody = [picferry(kind), ...peers.filter(({ name }) => !isSmoke || name === 'cp -r')].map(
        (one): Contender => ({ ...one, before, ...(check && { check }) }),
      );
      placed.push([what, ...(await inTurn(everybody, Math.min(rounds, 3), running))]);
      await before();
      if (!isSmoke) profiles.push([what, await profileOf(stage.fromSource(...sync(from)), scratch)]);
    }
    return {
      title: 'Folders',
      text: `${count.toLocaleString('en')} pictures of ${bytes / 1_000} KB; MinIO on the same machine. Picferry compares before and after, and gives each file its name only once it is whole; \`cp\` and s5cmd do neither. Picferry and rclone hash what passes between a folder and S3.`,
      columns: ['', 'command', 'rounds', 'wall', 'against Picferry', 'client CPU', 'peak memory'],
      rows: placed.flatMap(([what, ours, ...theirs]) =>
        [ours!, ...theirs].map(({ name, rounds: counted, wall, cpu, maxRssBytes }) => [
          ...[what, `\`${name}\``, String(counted), seconds(wall), times(wall / ours!.wall)],
          ...[seconds(cpu), megabytes(maxRssBytes)],
        ]),
      ),
      goals: isSmoke
        ? []
        : placed.map(([what, ours, ...theirs]) => {
            const rival = theirs.find(({ name }) => name === (what === 'folder to folder' ? 'cp -r' : 'rclone copy'))!;
            return {
              goal: `${what}: not slower than \`${rival.name}\``,
              figure: `${times(rival.wall / ours!.wall)} its speed`,
              isReached: ours!.wall <= rival.wall,
            };
          }),
      profiles,
      commands: [],
    };
  },
};
