// openapi.json: the table of routes and its schemas as an OpenAPI 3.1 document.
import * as z from 'zod';
import { PROBLEM_TYPE } from './problem.ts';
import { IDEMPOTENCY_KEY, idempotencyKeySchema, ROUTES, type Route } from './routes.ts';
import { answers, problemSchema } from './schemas.ts';

export interface DocumentOptions {
  readonly version: string;
  readonly basePath: string;
  /** How requests are let in: signed for IAM (deployed), or with a token (serve). Absent: the document does not say. */
  readonly auth?: 'sigv4' | 'bearer';
}

type Json = Readonly<Record<string, unknown>>;

/** API Gateway's own way to say that requests are signed. */
const AUTH: Readonly<Record<'sigv4' | 'bearer', Json>> = {
  sigv4: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' },
  bearer: { type: 'http', scheme: 'bearer' },
};

/** What any route may answer. */
export const ALWAYS = [404, 405, 413, 500, 503];

export const openApiOf = ({ version, basePath, auth }: DocumentOptions): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Picferry',
    version,
    description:
      'Moves and keeps in sync large picture collections between two stores, and proves that nothing is missing.',
  },
  servers: [{ url: basePath || '/' }],
  ...(auth ? { security: [{ [auth]: [] }] } : {}),
  paths: { ...pathsOf(ROUTES), '/openapi.json': { get: ITSELF } },
  components: { schemas: componentSchemas(), ...(auth ? { securitySchemes: { [auth]: AUTH[auth] } } : {}) },
});

const ITSELF: Json = {
  operationId: 'getOpenApi',
  summary: 'This document.',
  responses: { 200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } } },
};

const pathsOf = (routes: readonly Route[]): Json => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  return paths;
};

const operationOf = (route: Route): Json => {
  const { path, name, summary, query, repeatable, body, problems } = route;
  const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => ({
    ...{ name: part, in: 'path', required: true },
    schema: { type: 'string' },
  }));
  const key = { name: IDEMPOTENCY_KEY, in: 'header', required: false, ...described(idempotencyKeySchema) };
  const parameters = [...parts, ...(query ? queryOf(query) : []), ...(repeatable ? [key] : [])];
  return {
    operationId: name,
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: json(jsonSchemaOf(body, 'input')) } } : {}),
    responses: { ...answersOf(route), ...problemsOf([...problems, ...ALWAYS]) },
  };
};

const queryOf = (query: z.ZodObject): Json[] =>
  Object.entries(query.shape).map(([name, schema]) => ({
    ...{ name, in: 'query', required: false },
    ...described(schema as z.ZodType),
  }));

const described = (schema: z.ZodType): Json => {
  const { description, ...rest } = jsonSchemaOf(schema, 'output');
  return { ...(description === undefined ? {} : { description }), schema: rest };
};

const answersOf = ({ answers, html }: Route): Json =>
  Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      if (typeof answer === 'string') return [status, { description: answer }];
      const content = { ...json(refTo(answer)), ...(html ? { 'text/html': { schema: { type: 'string' } } } : {}) };
      return [status, { description: 'As asked for.', content }];
    }),
  );

const problemsOf = (statuses: readonly number[]): Json =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'See `detail`.', content: { [PROBLEM_TYPE]: { schema: refTo(problemSchema) } } },
    ]),
  );

const json = (schema: Json): Json => ({ 'application/json': { schema } });

const refOf = (id: string): string => `#/components/schemas/${id}`;
const refTo = (schema: z.ZodType): Json => ({ $ref: refOf(answers.get(schema)?.id ?? '') });

const jsonSchemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => shorten(jsonSchema) });
  return rest;
};

/** Answers may grow: whoever reads them should not stumble over a new field. Bodies are taken as they are described. */
const componentSchemas = (): Json => {
  const { schemas } = z.toJSONSchema(answers, {
    uri: refOf,
    override: ({ jsonSchema }) => {
      shorten(jsonSchema);
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema as Json]),
  );
};

/** A format says what a pattern of two hundred characters would; so does `integer`. */
const shorten = (schema: z.core.JSONSchema.BaseSchema): void => {
  if (schema.format === 'date-time') delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
};
