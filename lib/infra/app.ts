// Puts the CDK app together from its context values; bin/app.ts is all that calls it.
import { App, CliCredentialsStackSynthesizer } from 'aws-cdk-lib';
import { readDefinition } from '../workflow/definition.ts';
import { bundleFunctions } from './bundle.ts';
import { readDeployedPrices, readDeployedStores } from './deployed-stores.ts';
import { PicferryStack } from './picferry-stack.ts';
import { readSettings } from './settings.ts';

export const buildApp = async (): Promise<App> => {
  const app = new App();
  const settings = readSettings((name) => app.node.tryGetContext(name));
  new PicferryStack(app, settings.stackName, {
    settings,
    stores: await readDeployedStores(settings.config),
    prices: await readDeployedPrices(settings.config),
    definition: await readDefinition(settings.definition),
    // Beside the assets made of them, so that two syntheses at once do not meet.
    codeOf: await bundleFunctions(`${app.outdir}/functions`),
    ...(settings.credentials === 'cli' ? { synthesizer: new CliCredentialsStackSynthesizer() } : {}),
  });
  return app;
};
