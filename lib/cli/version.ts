// The version, as package.json has it; the build writes it into the bundle.
import manifest from '../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;
