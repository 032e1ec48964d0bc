// Flags of a script: taken, or refused with its help; `--help` prints that and ends.

/** Exit 2, as for every misuse. */
export const usageOf =
  (help: string) =>
  (why: string): never => {
    console.error(`error: ${why}\n\n${help}`);
    process.exit(2);
  };

/** `parse`: a call of parseArgs. */
export const flagsOf = <Flags extends { readonly help?: boolean }>(parse: () => Flags, help: string): Flags => {
  const flags = parsed(parse, usageOf(help));
  if (!flags.help) return flags;
  console.log(help);
  process.exit(0);
};

const parsed = <Flags>(parse: () => Flags, usage: (why: string) => never): Flags => {
  try {
    return parse();
  } catch (error) {
    return usage((error as Error).message);
  }
};
