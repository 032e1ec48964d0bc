// What AWS charges, in USD: one table, dated and sourced; picferry.json may say otherwise under `prices`.

export interface ClassPrices {
  /** PUT, COPY, POST into this class. */
  readonly writePerThousand: number;
  readonly storagePerGbMonth: number;
}

/** Of an S3-compatible service. */
export interface ElsewherePrices {
  readonly listPerThousand: number;
  readonly readPerThousand: number;
  readonly writePerThousand: number;
  /** What leaves it. */
  readonly outPerGb: number;
  readonly storagePerGbMonth: number;
}

export interface Prices {
  readonly listPerThousand: number;
  /** GET and HEAD. */
  readonly readPerThousand: number;
  readonly classes: Readonly<Record<string, ClassPrices>>;
  readonly betweenRegionsPerGb: number;
  /** From AWS to anywhere else, this machine included. */
  readonly internetPerGb: number;
  readonly lambdaPerGbSecond: number;
  readonly lambdaPerMillion: number;
  readonly transitionsPerThousand: number;
  readonly tableWritesPerMillion: number;
  readonly elsewhere: ElsewherePrices;
}

/** What picferry.json may say instead. */
export type PriceChanges = Partial<Omit<Prices, 'classes' | 'elsewhere'>> & {
  readonly classes?: Readonly<Record<string, Partial<ClassPrices>>>;
  readonly elsewhere?: Partial<ElsewherePrices>;
};

/** When the table was read. */
export const PRICES_AS_OF = '2026-11';

/**
 * List prices of US East (N. Virginia), the first tier of each, without any free tier. Sources:
 * S3 requests, storage, transfer: https://aws.amazon.com/s3/pricing/
 * Lambda (arm64): https://aws.amazon.com/lambda/pricing/
 * Step Functions (Standard): https://aws.amazon.com/step-functions/pricing/
 * DynamoDB (on demand): https://aws.amazon.com/dynamodb/pricing/on-demand/
 */
export const LIST_PRICES: Prices = {
  listPerThousand: 0.005,
  readPerThousand: 0.0004,
  classes: {
    STANDARD: { writePerThousand: 0.005, storagePerGbMonth: 0.023 },
    REDUCED_REDUNDANCY: { writePerThousand: 0.005, storagePerGbMonth: 0.024 },
    INTELLIGENT_TIERING: { writePerThousand: 0.005, storagePerGbMonth: 0.023 },
    STANDARD_IA: { writePerThousand: 0.01, storagePerGbMonth: 0.0125 },
    ONEZONE_IA: { writePerThousand: 0.01, storagePerGbMonth: 0.01 },
    GLACIER_IR: { writePerThousand: 0.02, storagePerGbMonth: 0.004 },
    GLACIER: { writePerThousand: 0.03, storagePerGbMonth: 0.0036 },
    DEEP_ARCHIVE: { writePerThousand: 0.05, storagePerGbMonth: 0.00099 },
  },
  betweenRegionsPerGb: 0.02,
  internetPerGb: 0.09,
  lambdaPerGbSecond: 0.0000133334,
  lambdaPerMillion: 0.2,
  transitionsPerThousand: 0.025,
  tableWritesPerMillion: 0.625,
  // Nobody knows whose service it is.
  elsewhere: { listPerThousand: 0, readPerThousand: 0, writePerThousand: 0, outPerGb: 0, storagePerGbMonth: 0 },
};

/** The table with what picferry.json says instead. */
export const pricesWith = (changes: PriceChanges = {}): Prices => {
  if (Object.keys(changes).length === 0) return LIST_PRICES;
  const { classes = {}, elsewhere, ...others } = changes;
  const changed = Object.entries(classes).map(
    ([name, prices]) => [name, { ...classPrices(LIST_PRICES, name), ...prices }] as const,
  );
  return {
    ...LIST_PRICES,
    ...others,
    classes: { ...LIST_PRICES.classes, ...Object.fromEntries(changed) },
    elsewhere: { ...LIST_PRICES.elsewhere, ...elsewhere },
  };
};

/** A class that is not in the table costs as STANDARD does. */
export const classPrices = ({ classes }: Prices, storageClass: string): ClassPrices =>
  (Object.hasOwn(classes, storageClass) ? classes[storageClass] : undefined) ?? classes.STANDARD!;
