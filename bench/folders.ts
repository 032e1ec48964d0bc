// Folder to folder, folder to S3 and back: beside cp, rclone and s5cmd.
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, megabytes, type Section, seconds, times } from './bench.ts';
import { type Contender, inTurn, type Placed } from './support/measure.ts';
import { makePictures, pictureNames } from './support/pictures.ts';
import { openStage } from './support/stage.ts';

const PICTURES = 3_000;
const BYTES = 200_000;
const AT_ONCE = '64';

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
    const picferry = (name: string, from: string, before: () => Promise<void>): Contender => ({
      ...{ name, before, command: () => ({ ...stage.picferry('sync', from, to, '--min-age', '0s'), goodCodes: [0] }) },
    });
    const kinds: readonly (readonly [what: string, ...Contender[]])[] = [
      [
        'folder to folder',
        { ...picferry('picferry sync', pictures, newFolder), check: arrived },
        {
          ...{ name: 'cp -r', before: newFolder, check: arrived },
          command: () => ({ argv: ['cp', '-r', `${pictures}/.`, to], cwd: scratch }),
        },
        {
          ...{ name: 'rclone copy', before: newFolder, check: arrived },
          command: () => stage.peer('rclone', 'copy', pictures, to, ...many),
        },
      ],
      [
        'folder to S3',
        picferry('picferry sync', pictures, newBucket),
        {
          name: 'rclone copy',
          before: newBucket,
          command: () => stage.peer('rclone', 'copy', pictures, `s3:${to}`, ...many),
        },
        {
          ...{ name: 's5cmd cp', before: newBucket },
          command: () => stage.peer('s5cmd', '--numworkers', AT_ONCE, 'cp', `${pictures}/*`, `s3://${to}/`),
        },
      ],
      [
        'S3 to folder',
        { ...picferry('picferry sync', 'pictures', newFolder), check: arrived },
        {
          ...{ name: 'rclone copy', before: newFolder, check: arrived },
          command: () => stage.peer('rclone', 'copy', 's3:pictures', to, ...many),
        },
        {
          ...{ name: 's5cmd cp', before: newFolder, check: arrived },
          command: () => stage.peer('s5cmd', '--numworkers', AT_ONCE, 'cp', 's3://pictures/*', `${to}/`),
        },
      ],
    ];
    const placed: (readonly [what: string, ...Placed[]])[] = [];
    for (const [what, ...contenders] of kinds) {
      running.say(what);
      const everybody = contenders.filter(({ name }) => !isSmoke || /^(picferry|cp -r)/.test(name));
      placed.push([what, ...(await inTurn(everybody, Math.min(rounds, 3), running))]);
    }
    return {
      title: 'Folders',
      text: `${count.toLocaleString('en')} pictures of ${bytes / 1_000} KB; MinIO on the same machine. Picferry compares before and after, hashes what passes and syncs each file to disk; nobody else does.`,
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
      commands: [],
    };
  },
};
