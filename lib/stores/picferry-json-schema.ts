// What picferry.json may say: stores by name, and prices. Kept apart from its reader because loading zod takes a tenth of a second.
import * as z from 'zod';
import { LIST_PRICES, type PriceChanges } from './prices.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be a URL such as https://s3.example.com' });

/** Secrets Manager's own rule. The name ends up in a policy, where `*` would be every secret. */
const secretName = z
  .string()
  .regex(/^[\w/+=.@-]{1,512}$/, 'must be the name of a secret: letters, digits and /_+=.@-, at most 512');

const s3Store = z
  .strictObject({
    bucket: z.string().min(1),
    prefix: z.string().optional(),
    region: z.string().min(1).optional(),
    endpointUrl: httpUrl.optional(),
    profile: z.string().min(1).optional(),
    role: z.string().startsWith('arn:', 'must be the ARN of a role').optional(),
    secret: secretName.optional(),
    createOnly: z.enum(['native', 'headFirst']).optional(),
  })
  .refine((store) => store.role === undefined || store.secret === undefined, {
    error: 'has both a role and a secret: one of them is enough',
  });

const folderStore = z.strictObject({ folder: z.string().min(1) });

/** A name with a slash, or beginning with `.` or `~`, would be read as a folder and never be found. */
const storeName = z
  .string()
  .regex(/^[^./\\~][^/\\]*$/, 'is no name: it must hold no / or \\ and not begin with . or ~');

/** More than any price: sums of it stay finite. */
const usd = z.number().nonnegative().max(1_000_000);
const classPrices = z.strictObject({
  writePerThousand: usd.exactOptional(),
  storagePerGbMonth: usd.exactOptional(),
});

/** A misspelt one would leave the real one at its price. */
const storageClass = z
  .string()
  .refine((name) => Object.hasOwn(LIST_PRICES.classes, name), 'is no storage class of the table');

/** Names as in prices.ts, which the compiler checks. */
const prices: z.ZodType<PriceChanges> = z.strictObject({
  listPerThousand: usd.exactOptional(),
  readPerThousand: usd.exactOptional(),
  classes: z.record(storageClass, classPrices).exactOptional(),
  betweenRegionsPerGb: usd.exactOptional(),
  internetPerGb: usd.exactOptional(),
  lambdaPerGbSecond: usd.exactOptional(),
  lambdaPerMillion: usd.exactOptional(),
  transitionsPerThousand: usd.exactOptional(),
  tableWritesPerMillion: usd.exactOptional(),
  elsewhere: z
    .strictObject({
      listPerThousand: usd.exactOptional(),
      readPerThousand: usd.exactOptional(),
      writePerThousand: usd.exactOptional(),
      outPerGb: usd.exactOptional(),
      storagePerGbMonth: usd.exactOptional(),
    })
    .exactOptional(),
});

export const picferryJsonSchema = z.strictObject({
  prices: prices.optional(),
  // What tells the two apart is looked at first, so that a misspelt field is named instead of "no variant fits".
  stores: z
    .record(storeName, z.looseObject({}))
    .transform((stores, context) =>
      Object.fromEntries(
        Object.entries(stores).map(([name, store]) => {
          const judged = ('folder' in store ? folderStore : s3Store).safeParse(store);
          if (judged.success) return [name, judged.data];
          for (const issue of judged.error.issues)
            context.issues.push({
              ...issue,
              path: [name, ...issue.path],
              input: store,
            } as (typeof context.issues)[number]);
          return [name, z.NEVER];
        }),
      ),
    )
    .default({}),
});

export type NamedStore = z.infer<typeof s3Store> | z.infer<typeof folderStore>;
export type NamedStores = Readonly<Record<string, NamedStore>>;
