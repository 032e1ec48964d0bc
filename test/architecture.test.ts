// Who may import whom, and what every file promises: the house rules of docs/architecture.md, enforced.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, test } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const sources = globSync('{lib,functions,bin}/**/*.{ts,js}', { cwd: root }).sort();
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The folder a file belongs to: `lib/compare`, `functions`, `bin`. */
const roomOf = (file: string): string =>
  file.startsWith('lib/') ? file.split('/').slice(0, 2).join('/') : file.split('/')[0]!;

const importsOf = (file: string): string[] => {
  const code = text(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...code.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, name]) => name!);
};

/** What each room may import from the project, itself aside. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'lib/compare': [],
  'lib/stores': ['lib/compare'],
  'lib/report': ['lib/compare'],
  'lib/workflow': ['lib/compare', 'lib/stores', 'lib/report'],
  'lib/api': ['lib/compare', 'lib/stores', 'lib/report', 'lib/workflow'],
  'lib/deployed': ['lib/compare', 'lib/stores', 'lib/report', 'lib/workflow', 'lib/api'],
  'lib/embedded': ['lib/compare', 'lib/stores', 'lib/report', 'lib/workflow', 'lib/api'],
  // Its version is the package's.
  'lib/cli': [
    'lib/compare',
    'lib/stores',
    'lib/report',
    'lib/workflow',
    'lib/api',
    'lib/deployed',
    'lib/embedded',
    'package.json',
  ],
  'lib/infra': ['lib/workflow', 'lib/stores'],
  functions: ['lib/deployed', 'lib/workflow', 'lib/stores', 'lib/api'],
  bin: ['lib/cli', 'lib/infra', 'dist'],
};

describe('the house', () => {
  test('every room imports only from the rooms below it', () => {
    const wrong = sources.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(root, resolve(root, dirname(file), name)))
        .filter((target) => roomOf(target) !== roomOf(file) && !ALLOWED[roomOf(file)]?.includes(roomOf(target)))
        .map((target) => `${file} imports ${target}`),
    );
    assert.deepEqual(wrong, []);
  });

  test('infra takes from the workflow only names, payloads, limits and the definition, and from stores only picferry.json', () => {
    const allowed = /^lib\/(workflow\/(definition|payloads|limits)\.ts|stores\/(picferry-json|spec)\.ts)$/;
    const wrong = sources
      .filter((file) => roomOf(file) === 'lib/infra')
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => name.startsWith('.'))
          .map((name) => relative(root, resolve(root, dirname(file), name)))
          .filter((target) => roomOf(target) !== 'lib/infra' && !allowed.test(target))
          .map((target) => `${file} imports ${target}`),
      );
    assert.deepEqual(wrong, []);
  });

  test('the AWS SDK and CDK stay where they belong', () => {
    const rules: readonly (readonly [RegExp, RegExp])[] = [
      [/^(aws-cdk-lib|constructs|cdk-nag)/, /^(lib\/infra|bin)\//],
      [/^@aws-sdk\/(?!credential-provider)/, /^lib\/(deployed|stores\/s3)\//],
      [/^@middy|^@aws-lambda-powertools/, /^functions\//],
      [/^aws-local-stepfunctions/, /^lib\/embedded\//],
      [/^commander/, /^lib\/cli\//],
      [/^node:sqlite/, /^lib\/embedded\//],
    ];
    const wrong = sources.flatMap((file) =>
      importsOf(file).flatMap((name) =>
        rules.filter(([what, where]) => what.test(name) && !where.test(file)).map(() => `${file} imports ${name}`),
      ),
    );
    assert.deepEqual(wrong, []);
  });

  test('every file says its reason to exist in its first line', () => {
    const silent = sources.filter((file) => !/^(#!.*\n)?\/\/ \S/.test(text(file)));
    assert.deepEqual(silent, []);
  });

  test('no file is longer than 250 lines', () => {
    const long = sources.filter((file) => text(file).split('\n').length > 250);
    assert.deepEqual(long, []);
  });

  test('no file hides behind a name that says nothing', () => {
    const vague = sources.filter((file) => /(^|\/)(utils?|common|helpers?|managers?|misc)(\.ts|\/)/.test(file));
    assert.deepEqual(vague, []);
  });

  test('a Lambda is middy and one call into lib, at most 40 lines', () => {
    const long = sources.filter((file) => roomOf(file) === 'functions' && text(file).trimEnd().split('\n').length > 40);
    assert.deepEqual(long, []);
  });
});
