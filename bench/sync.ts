// The whole job: 58,300 pictures of which 26,208 are there already; Picferry compares again at the end, its peers do not.
import { join } from 'node:path';
import { type Bench, megabytes, type Section, seconds, times } from './bench.ts';
import { BYTES, PICTURES, THERE } from './compare.ts';
import { type Contender, inTurn } from './support/measure.ts';
import { makePictures, pictureNames } from './support/pictures.ts';
import { profileOf } from './support/profile.ts';
import { openStage } from './support/stage.ts';

const AT_ONCE = '64';

export const sync: Bench = {
  name: 'sync',
  run: async (running): Promise<Section> => {
    const { isSmoke, scratch } = running;
    const rounds = Math.min(running.rounds, 2);
    const [count, there] = isSmoke ? [200, 90] : [PICTURES, THERE];
    const names = pictureNames(count);
    const [all, some] = [join(scratch, 'sync-all'), join(scratch, 'sync-some')];
    await makePictures(all, names, BYTES);
    await makePictures(some, names.slice(0, there), BYTES);
    await using stage = await openStage(running);
    await stage.bucket('all', all);
    await stage.bucket('some', some);
    let buckets = 0;
    let to = '';
    const into = (createOnly?: 'native') => async () => {
      to = `half-${buckets++}`;
      await stage.duplicate(to, 'some', createOnly);
    };
    const workers = ['--numworkers', AT_ONCE];
    const many = ['--transfers', AT_ONCE, '--checkers', AT_ONCE];
    const peers: Contender[] = [
      {
        name: `rclone copy --size-only --fast-list --transfers ${AT_ONCE}`,
        before: into(),
        command: () => stage.peer('rclone', 'copy', 's3:all', `s3:${to}`, '--size-only', '--fast-list', ...many),
      },
      {
        name: `s5cmd --numworkers ${AT_ONCE} sync --size-only`,
        rounds: 1,
        before: into(),
        command: () => stage.peer('s5cmd', ...workers, 'sync', '--size-only', 's3://all/*', `s3://${to}/`),
      },
      {
        name: 'aws s3 sync --size-only',
        rounds: 1,
        before: into(),
        command: () => stage.peer('aws', 's3', 'sync', 's3://all', `s3://${to}`, '--size-only', '--only-show-errors'),
      },
    ];
    const picferry = (createOnly?: 'native'): Contender => ({
      name: `picferry sync${createOnly ? ' (native)' : ''}`,
      before: into(createOnly),
      command: () => ({ ...stage.picferry('sync', 'all', to), goodCodes: [0] }),
      check: ({ output }) => {
        if (!/Nothing missing/i.test(output)) throw new Error(output);
      },
    });
    const placed = await inTurn([picferry(), picferry('native'), ...(isSmoke ? [] : peers)], rounds, running);
    const [ours, , ...theirs] = placed;
    const fastest = Math.min(...theirs.map(({ wall }) => wall));
    const isReached = ours!.wall < fastest;
    const profiles: (readonly [string, string])[] = [];
    if (!isSmoke && !isReached) {
      await into()();
      profiles.push(['picferry sync', await profileOf(stage.fromSource('sync', 'all', to), scratch)]);
    }
    return {
      title: `The whole job: ${count.toLocaleString('en')} pictures, ${there.toLocaleString('en')} there already`,
      text: `MinIO on the same machine, ${BYTES} bytes each. Picferry looks before each copy (\`headFirst\`, what MinIO gets), compares again when it has copied, and says that nothing is missing; the others copy and compare nothing afterwards. \`native\`: declared for this benchmark only.`,
      columns: ['command', 'rounds', 'wall', 'against Picferry', 'client CPU', 'peak memory'],
      rows: placed.map(({ name, rounds: counted, wall, cpu, maxRssBytes }) => [
        ...[`\`${name}\``, String(counted), seconds(wall), times(wall / ours!.wall)],
        ...[seconds(cpu), megabytes(maxRssBytes)],
      ]),
      goals: [
        {
          goal: 'verified, and faster than every peer unverified',
          figure: `${times(fastest / ours!.wall)} the fastest`,
          isReached,
        },
      ],
      profiles,
      commands: placed.map(({ name }) => name),
    };
  },
};
