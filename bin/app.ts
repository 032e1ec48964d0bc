// The CDK app: `npx cdk synth`, `npx cdk deploy`. Synthesis needs no AWS account and no picferry.json.
import { buildApp } from '../lib/infra/app.ts';

(await buildApp()).synth();
