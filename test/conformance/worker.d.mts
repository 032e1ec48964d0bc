// Types of the Lambda of the conformance cases.
export const handler: (event: unknown) => Promise<unknown>;
