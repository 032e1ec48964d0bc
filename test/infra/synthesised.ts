// The stack as a template, in this process and without bundling, and policies in a form people can compare.
import { readFileSync } from 'node:fs';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { DeployedStores } from '../../lib/infra/deployed-stores.ts';
import { PicferryStack } from '../../lib/infra/picferry-stack.ts';
import { readSettings } from '../../lib/infra/settings.ts';
import { readDefinition } from '../../lib/workflow/definition.ts';

export interface Given {
  readonly context?: Readonly<Record<string, unknown>>;
  readonly stores?: DeployedStores;
  readonly definition?: string;
  readonly prices?: string;
}

const CDK_JSON = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as { context: object };

export const STORES: DeployedStores = {
  old: { bucket: 'old-pictures', prefix: '' },
  new: { bucket: 'new-pictures', prefix: 'archive/' },
};

export const stackOf = async (given: Given = {}): Promise<Stack> => {
  const app = new App({ context: { ...CDK_JSON.context, ...given.context } });
  return new PicferryStack(app, 'Picferry', {
    settings: readSettings((name) => app.node.tryGetContext(name)),
    stores: given.stores ?? STORES,
    prices: given.prices,
    definition: given.definition ?? (await readDefinition()),
    codeOf: () => Code.fromInline('exports.handler = async () => {};'),
  });
};

export const templateOf = async (given: Given = {}): Promise<Template> => Template.fromStack(await stackOf(given));

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** `resource -> actions` of all policies of the roles whose logical id begins with `role`. */
export const mayOf = (template: Template, role: string): Record<string, string[]> => {
  const may: Record<string, string[]> = {};
  for (const policy of Object.values(template.findResources('AWS::IAM::Policy'))) {
    const roles = policy.Properties.Roles as { Ref: string }[];
    if (!roles.some(({ Ref }) => plain(Ref) === role)) continue;
    for (const statement of policy.Properties.PolicyDocument.Statement as Statement[]) {
      if (statement.Effect !== 'Allow') throw new Error(`Only Allow is expected: ${JSON.stringify(statement)}`);
      for (const resource of [statement.Resource].flat()) {
        const name = shown(resource);
        may[name] = [...(may[name] ?? []), ...[statement.Action].flat()].sort();
      }
    }
  }
  return may;
};

/** CloudFormation's expressions as one short text: `<RecordsTable>/index/byTime`. */
export const shown = (value: unknown): string => {
  // Names that CDK makes up end in a hash of where the construct stands.
  if (typeof value === 'string') return value.replace(/-[0-9A-F]{8}(?=\/|$)/, '-*');
  const [[name, argument] = []] = Object.entries(value as object) as [string, unknown][];
  if (name === 'Ref') return String(argument).startsWith('AWS::') ? '' : `<${plain(String(argument))}>`;
  if (name === 'Fn::GetAtt') return `<${plain((argument as string[])[0] ?? '')}>`;
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(shown).join(separator);
  }
  // The state machine's name, cut out of its ARN.
  if (name === 'Fn::Select') return shown((argument as [number, unknown])[1]);
  if (name === 'Fn::Split') return shown((argument as [string, unknown])[1]);
  throw new Error(`Unknown expression ${JSON.stringify(value)}`);
};

/** A logical id without CDK's hash. */
const plain = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');
