// Errors of a store that break a step. What happens to one picture is an outcome, not one of these.

/** A listing that did not reach its end, or came out of order. Never "missing". */
export class IncompleteListing extends Error {
  override name = 'IncompleteListing';
}

/** The store says no (permissions, unknown bucket, wrong credentials): no repeat mends it. */
export class StoreRefused extends Error {
  override name = 'StoreRefused';
}

/** The store is busy or broken for now; the lean client's own retries are used up. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}
