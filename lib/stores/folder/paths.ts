// Which keys a folder can hold, and where below its root they stand. Pure: it looks at names, never at the disk.
import { posix, win32 } from 'node:path';

/** What a folder's own business is kept in: temporary files of writes under way. Never listed, never a key. */
export const PRIVATE_FOLDER = '.picferry';

/** Temporary files beside their target, where a mount point keeps them from standing in the private folder: named like those. */
export const BESIDE = /^\.picferry-([0-9a-f]{8})-(\d+)-[0-9a-f]{16}\.tmp$/;

/** As earlier versions named them: theirs are no pictures either, though nobody can tell whose they were. */
const BESIDE_BEFORE = /^\.picferry-[0-9a-f]{16}\.tmp$/;

export const isTemporaryBeside = (name: string): boolean => BESIDE.test(name) || BESIDE_BEFORE.test(name);

/** Temporary files in a private folder: host, process, chance. */
export const TEMPORARY = /^([0-9a-f]{8})-(\d+)-[0-9a-f]{16}\.tmp$/;

/** What a killed sync into a folder further down left there: in its private folder, which is none of this root. */
export const isTemporaryOfNested = (prefix: string, name: string): boolean =>
  prefix.endsWith(`/${PRIVATE_FOLDER}/`) && TEMPORARY.test(name);

/** Every file system in use takes 255 bytes (or 255 UTF-16 units, which is more). */
const SEGMENT_MAX_BYTES = 255;

export interface PlaceBelow {
  readonly path: string;
  /** Of the folders between root and picture, outermost first; for a marker the folder itself is not among them. */
  readonly parents: readonly string[];
  /** The key ends in `/`: a console folder marker, held as a directory. */
  readonly marker: boolean;
}

export type PlaceRefusal = { readonly reason: 'keyNotAllowed' | 'notUtf8'; readonly detail: string };

export const placeBelow = (
  root: string,
  key: string,
  platform: NodeJS.Platform = process.platform,
): PlaceBelow | PlaceRefusal => {
  if (!key.isWellFormed()) return { reason: 'notUtf8', detail: 'the name is not UTF-8' };
  const marker = key.endsWith('/');
  const segments = (marker ? key.slice(0, -1) : key).split('/');
  const bad = segments.map((segment) => refusalOf(segment, platform)).find((refusal) => refusal !== undefined);
  if (bad !== undefined) return { reason: 'keyNotAllowed', detail: bad };
  if (isPrivate(segments[0] as string, platform))
    return { reason: 'keyNotAllowed', detail: `${PRIVATE_FOLDER} at the top of a folder is Picferry's own` };
  const name = segments.at(-1) as string;
  if (!marker && isTemporaryOfNested(key.slice(0, -name.length), name))
    return { reason: 'keyNotAllowed', detail: `${JSON.stringify(key)} is one of Picferry's own temporary names` };
  const { sep } = platform === 'win32' ? win32 : posix;
  const parents = segments.slice(0, -1).map((_, depth) => joined(root, segments.slice(0, depth + 1), sep));
  return { path: joined(root, segments, sep), parents, marker };
};

export const isPlace = (place: PlaceBelow | PlaceRefusal): place is PlaceBelow => 'path' in place;

/** `join` would fold `..` away: segments are judged first, so nothing is left to fold. */
const joined = (root: string, segments: readonly string[], sep: string): string =>
  (root.endsWith(sep) ? root : root + sep) + segments.join(sep);

const isPrivate = (segment: string, platform: NodeJS.Platform): boolean =>
  (platform === 'linux' ? segment : segment.toLowerCase()) === PRIVATE_FOLDER;

const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: Windows refuses them, so they are named here.
const WINDOWS_FORBIDDEN = /[<>:"|?*\\\u0001-\u001f]/;

const refusalOf = (segment: string, platform: NodeJS.Platform): string | undefined => {
  const quoted = JSON.stringify(segment);
  if (segment === '') return 'an empty name between two slashes (or at the beginning)';
  if (segment === '.' || segment === '..') return `the name ${quoted} means another folder`;
  if (segment.includes('\0')) return `the name ${quoted} holds a NUL`;
  if (Buffer.byteLength(segment) > SEGMENT_MAX_BYTES) return `a name of more than ${SEGMENT_MAX_BYTES} bytes`;
  if (isTemporaryBeside(segment)) return `the name ${quoted} is one of Picferry's own temporary names`;
  if (platform !== 'win32') return undefined;
  if (WINDOWS_FORBIDDEN.test(segment)) return `Windows does not allow the name ${quoted}`;
  if (WINDOWS_DEVICE.test(segment)) return `Windows takes the name ${quoted} for a device`;
  if (/[. ]$/.test(segment)) return `Windows would drop the last character of ${quoted}`;
  return undefined;
};
