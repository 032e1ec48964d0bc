// Records in one DynamoDB table: keys `pk` and `sk`, and an index `byTime` on `index` and `createdAt`.
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Document, Expectation, Records } from '../workflow/ports.ts';
import { orUnavailable } from './transient.ts';

export const createDynamoRecords = (table: string, client: DynamoDBClient): Records => {
  const documents = DynamoDBDocumentClient.from(client);

  const pages = async function* (query: Omit<QueryCommandInput, 'TableName'>): AsyncIterable<readonly Item[]> {
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const answer = await orUnavailable(
        documents.send(new QueryCommand({ ...query, TableName: table, ExclusiveStartKey })),
      );
      yield (answer.Items ?? []) as Item[];
      ExclusiveStartKey = answer.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  };

  return {
    get: async <T extends Document>(pk: string, sk: string): Promise<T | undefined> => {
      const read = new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true });
      const { Item } = await orUnavailable(documents.send(read));
      return Item && (parse(Item as Item) as T);
    },

    put: async (document: Document, expect?: Expectation): Promise<boolean> => {
      const item = itemOf(document);
      const write = new PutCommand({
        TableName: table,
        Item: item,
        ...(expect && { ...conditionOf(expect), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      });
      try {
        await orUnavailable(documents.send(write));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return isOwn(error, item.document);
        throw error;
      }
    },

    remove: async (pk: string, sk: string): Promise<void> => {
      await orUnavailable(documents.send(new DeleteCommand({ TableName: table, Key: { pk, sk } })));
    },

    list: async function* <T extends Document>(pk: string, skPrefix: string): AsyncIterable<T> {
      const prefixed = skPrefix !== '';
      const query = {
        KeyConditionExpression: prefixed ? 'pk = :pk AND begins_with(sk, :prefix)' : 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk, ...(prefixed ? { ':prefix': skPrefix } : {}) },
        ConsistentRead: true,
      };
      for await (const items of pages(query)) for (const item of items) yield parse(item) as T;
    },

    newest: async <T extends Document>(
      index: string,
      { limit, before }: { readonly limit: number; readonly before?: string },
    ): Promise<T[]> => {
      const found: T[] = [];
      const query = {
        IndexName: 'byTime',
        KeyConditionExpression: before === undefined ? '#index = :index' : '#index = :index AND createdAt < :before',
        ExpressionAttributeNames: { '#index': 'index' },
        ExpressionAttributeValues: { ':index': index, ...(before === undefined ? {} : { ':before': before }) },
        ScanIndexForward: false,
        Limit: limit,
      };
      for await (const items of pages(query)) {
        found.push(...items.map((item) => parse(item) as T));
        if (found.length >= limit) break;
      }
      return found.slice(0, limit);
    },
  };
};

/** The client had to send it again because an answer was lost: what stands in the way then is this very write. */
const isOwn = ({ Item, $metadata }: ConditionalCheckFailedException, document: unknown): boolean =>
  ($metadata?.attempts ?? 1) > 1 && Item?.document?.S === document;

/**
 * A document is kept as its JSON text in `document`: JSON escapes lone surrogates, which DynamoDB's strings cannot hold.
 * Its scalars stand beside it, for keys, the index and conditions.
 */
interface Item {
  readonly document: string;
}

const parse = (item: Item): Document => JSON.parse(item.document) as Document;

const itemOf = (document: Document): Record<string, unknown> => {
  const { index, createdAt, ...others } = document;
  const scalars = Object.entries(others).filter(([, value]) => isScalar(value));
  return {
    ...Object.fromEntries(scalars.map(([field, value]) => [field, wellFormed(value)])),
    // DynamoDB refuses an item whose index keys are no text; a task's `index` is a number and is meant for nobody's index.
    ...(isText(index) && { index }),
    ...(isText(createdAt) && { createdAt }),
    document: JSON.stringify(document),
  };
};

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const isScalar = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

const wellFormed = (value: unknown): unknown => (typeof value === 'string' ? value.toWellFormed() : value);

const conditionOf = (expect: Expectation): Partial<PutCommand['input']> => {
  if (expect === 'absent') return { ConditionExpression: 'attribute_not_exists(pk)' };
  const fields = Object.entries(expect);
  return {
    ConditionExpression: ['attribute_exists(pk)', ...fields.map((_, i) => `#f${i} = :f${i}`)].join(' AND '),
    ...(fields.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(fields.map(([field], i) => [`#f${i}`, field])),
      ExpressionAttributeValues: Object.fromEntries(fields.map(([, value], i) => [`:f${i}`, wellFormed(value)])),
    }),
  };
};
