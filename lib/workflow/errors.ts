// Errors that the definition names in its retriers and catchers.

/** Figures that must be equal are not. */
export class SumsDisagree extends Error {
  override name = 'SumsDisagree';
}

/** Another migration owns the lock now. */
export class LockLost extends Error {
  override name = 'LockLost';
}

/** Another invocation of the same task committed first. Whoever is waited for is tried again, and goes on from there. */
export class Overtaken extends Error {
  override name = 'Overtaken';
}

/** An invocation ended without having advanced anything: looping on would never end. */
export class NoProgress extends Error {
  override name = 'NoProgress';
}

/** The migration was asked to stop: nothing goes on. */
export class Stopping extends Error {
  override name = 'Stopping';
}

/** A plan or a list is not what was written: cut, damaged, or changed by somebody. */
export class UnreadableFile extends Error {
  override name = 'UnreadableFile';
}
