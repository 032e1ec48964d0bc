// What cameras have sent and are sending: what both sides must hold in the end, and what nobody may judge yet.
import type { Side } from '../world.ts';

export class Album {
  /** Key to content, of all that was ever begun. A camera that is switched over sends the same picture to both sides. */
  readonly taken = new Map<string, Buffer>();
  /** Written by a camera right now, on that side. */
  private readonly writing = new Map<Side, Set<string>>();
  /** How often a camera wrote a key on a side: one that is sent again stands there anew, and no copy did that. */
  private readonly writes = new Map<Side, Map<string, number>>();
  /** The file a camera left, so that another one in its place is seen even before anybody looked. */
  private readonly left = new Map<Side, Map<string, bigint>>();
  /** Pictures whose bytes were further apart than promised, because the machine was busy: no `--min-age` covers them. */
  readonly stalled = new Set<string>();

  begin(side: Side, key: string, body: Buffer): void {
    this.taken.set(key, body);
    this.of(side).add(key);
    const writes = this.writesOn(side);
    writes.set(key, (writes.get(key) ?? 0) + 1);
  }

  end(side: Side, key: string): void {
    this.of(side).delete(key);
  }

  leave(side: Side, key: string, inode: bigint): void {
    const left = this.left.get(side) ?? new Map<string, bigint>();
    this.left.set(side, left.set(key, inode));
  }

  leftBy(side: Side, key: string): bigint | undefined {
    return this.left.get(side)?.get(key);
  }

  isWriting(side: Side, key: string): boolean {
    return this.of(side).has(key);
  }

  writesOf(side: Side, key: string): number {
    return this.writesOn(side).get(key) ?? 0;
  }

  /** Sent whole to that side by now, by a camera. */
  sentTo(side: Side): string[] {
    return [...this.writesOn(side).keys()].filter((key) => !this.isWriting(side, key));
  }

  private of(side: Side): Set<string> {
    const found = this.writing.get(side) ?? new Set();
    this.writing.set(side, found);
    return found;
  }

  private writesOn(side: Side): Map<string, number> {
    const found = this.writes.get(side) ?? new Map<string, number>();
    this.writes.set(side, found);
    return found;
  }
}
