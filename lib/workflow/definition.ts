// Fills the numbers into the definition. Names (ARNs, the bucket) stay `${…}` for CloudFormation or the interpreter.
import { readFile } from 'node:fs/promises';

export const DEFINITION_URL = new URL('./migration.asl.json', import.meta.url);

/** Where the definition is read from; a test hands in a changed copy. */
export const readDefinition = (from: URL | string = DEFINITION_URL): Promise<string> => readFile(from, 'utf8');

/** Numbers of the definition: units in their names. */
export interface DefinitionNumbers {
  readonly MachineTimeoutSeconds: number;
  readonly TaskTimeoutSeconds: number;
  /** First delay of every retrier, at least 1 on AWS. */
  readonly RetrySeconds: number;
  readonly ListConcurrency: number;
  readonly CopyConcurrency: number;
  readonly RoundsThatCopy: number;
}

/**
 * In the file a number stands as `"${Name}"`, so that the file is valid JSON for every editor and linter;
 * here the quotes go with it, because ASL wants a bare number.
 */
export const withNumbers = (definition: string, numbers: DefinitionNumbers): string =>
  definition.replace(/"\$\{(\w+)\}"/g, (whole, name: string) =>
    name in numbers ? String(numbers[name as keyof DefinitionNumbers]) : whole,
  );
