// Which random cases are run: the same ones every time, unless others are asked for.

export const SEED = Number(process.env.PICFERRY_SEED ?? 20_260_102);
/** Of whole migrations, in all pairs of stores together. */
export const CASES = Number(process.env.PICFERRY_CASES ?? 1_000);
