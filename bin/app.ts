// The CDK app: `npx cdk synth`, `npx cdk deploy`. Synthesis needs no AWS account and no picferry.json.
import { buildApp } from '../lib/infra/app.ts';
import { SynthesisRefused } from '../lib/infra/settings.ts';

try {
  (await buildApp()).synth();
} catch (error) {
  if (!(error instanceof SynthesisRefused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
