// Copying 2,880 small pictures from one bucket to another on the same server, 64 at once.
import { join } from 'node:path';
import { type Bench, megabytes, type Section, seconds } from './bench.ts';
import { type Contender, inTurn } from './support/measure.ts';
import { builtProgram } from './support/picferry.ts';
import { makePictures, pictureNames } from './support/pictures.ts';
import { profileOf } from './support/profile.ts';
import { openStage } from './support/stage.ts';

const PICTURES = 2_880;
const AT_ONCE = 64;
const BYTES = 1_024;

export const copy: Bench = {
  name: 'copy',
  run: async (running): Promise<Section> => {
    const { isSmoke, project, rounds, scratch } = running;
    const count = isSmoke ? 100 : PICTURES;
    const pictures = join(scratch, 'copy-pictures');
    await makePictures(pictures, pictureNames(count), BYTES);
    await using stage = await openStage(running);
    await stage.bucket('from', pictures);
    const engine = await builtProgram('copy-engine', scratch);
    const fromSource = [process.execPath, join(project, 'bench/copy-engine.ts')];
    let buckets = 0;
    let to = '';
    // Everybody copies into a bucket of their own.
    const before = async () => {
      to = `to-${buckets++}`;
      await stage.bucket(to);
    };
    const commandOf = (program: readonly string[], createOnly: string) => ({
      argv: [...program, stage.service.url, 'from', to, createOnly, String(AT_ONCE)],
      ...{ cwd: stage.folder, env: stage.service.env },
    });
    const engineOf = (createOnly: 'native' | 'headFirst'): Contender => ({
      name: `picferry's copying, ${createOnly}`,
      before,
      command: () => commandOf(engine, createOnly),
      check: ({ output }) => {
        if ((JSON.parse(output) as { copied?: number }).copied !== count) throw new Error(output);
      },
    });
    const workers = ['--numworkers', String(AT_ONCE)];
    const peers: Contender[] = [
      { name: 's5cmd cp', before, command: () => stage.peer('s5cmd', ...workers, 'cp', 's3://from/*', `s3://${to}/`) },
      {
        name: 's5cmd cp -n',
        before,
        command: () => stage.peer('s5cmd', ...workers, 'cp', '-n', 's3://from/*', `s3://${to}/`),
      },
      {
        name: `rclone copy --transfers ${AT_ONCE}`,
        before,
        command: () =>
          stage.peer(
            'rclone',
            'copy',
            's3:from',
            `s3:${to}`,
            '--transfers',
            String(AT_ONCE),
            '--checkers',
            String(AT_ONCE),
          ),
      },
    ];
    const placed = await inTurn(
      [engineOf('native'), engineOf('headFirst'), ...(isSmoke ? [] : peers)],
      rounds,
      running,
    );
    const [native, headFirst, cp, cpn] = placed;
    const profiles: (readonly [string, string])[] = [];
    const goal = async (createOnly: string, ours: typeof native, theirs: typeof native, rival: string) => {
      const isReached = ours!.wall <= theirs!.wall && ours!.cpu <= theirs!.cpu;
      if (!isReached) {
        await before();
        profiles.push([createOnly, await profileOf(commandOf(fromSource, createOnly), scratch)]);
      }
      return {
        goal: `${createOnly} against ${rival}: rate >= 1.0x, CPU <= 1.0x`,
        figure: `rate ${(theirs!.wall / ours!.wall).toFixed(2)}x, CPU ${(ours!.cpu / theirs!.cpu).toFixed(2)}x`,
        isReached,
      };
    };
    const goals = isSmoke
      ? []
      : [await goal('native', native, cp, 's5cmd cp'), await goal('headFirst', headFirst, cpn, 's5cmd cp -n')];
    return {
      title: `Copying: ${count.toLocaleString('en')} small pictures within one server`,
      text: `MinIO on the same machine, ${BYTES} bytes each, ${AT_ONCE} at once, every run into an empty bucket. "Copying" is Picferry's copying alone, in a process of its own, as \`s5cmd cp\` copies and does nothing else; \`native\` trusts the service never to overwrite (declared for this benchmark only: MinIO does not), as \`cp\` does; \`headFirst\` looks before each copy, as \`cp -n\` does.`,
      columns: ['command', 'rounds', 'wall', 'pictures a second', 'client CPU', 'peak memory'],
      rows: placed.map(({ name, rounds: counted, wall, cpu, maxRssBytes }) => [
        ...[name, String(counted), seconds(wall), Math.round(count / wall).toLocaleString('en')],
        ...[seconds(cpu), megabytes(maxRssBytes)],
      ]),
      goals,
      profiles,
      commands: [
        's5cmd --numworkers 64 cp [-n] s3://from/* s3://to/',
        'rclone copy s3:from s3:to --transfers 64 --checkers 64',
      ],
    };
  },
};
