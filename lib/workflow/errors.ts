// Errors that the definition names in its retriers and catchers.

/** Figures that must be equal are not. */
export class SumsDisagree extends Error {
  override name = 'SumsDisagree';
}

/** Another migration owns the lock now, or this one's commit was overtaken. */
export class LockLost extends Error {
  override name = 'LockLost';
}

/** An invocation ended without having advanced anything: looping on would never end. */
export class NoProgress extends Error {
  override name = 'NoProgress';
}

/** The migration was asked to stop: nothing goes on. */
export class Stopping extends Error {
  override name = 'Stopping';
}
