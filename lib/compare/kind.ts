// Which kind of file a key names: reports tell pictures for viewing from camera originals.

export const KINDS = ['jpg', 'raw', 'other'] as const;
export type Kind = (typeof KINDS)[number];

/** In lower case. Every maker has its own; `raf` Fuji, `rw2` Panasonic, `orf` Olympus, `dng` Adobe and drones, … */
const RAW_EXTENSIONS = new Set(
  `3fr arw cr2 cr3 crw dcr dng erf fff gpr iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srf srw x3f`.split(
    ' ',
  ),
);
const RAW_FOLDER = /(?:^|\/)raw\//i;

/** A folder named `raw` decides for all below it: cameras put JPEG twins of their originals there too. */
export function kindOf(key: string): Kind {
  if (RAW_FOLDER.test(key)) return 'raw';
  if (key.endsWith('.jpg')) return 'jpg';
  const dot = key.lastIndexOf('.');
  if (dot === -1) return 'other';
  // A dot in a folder's name gives an "extension" with a slash in it, which is in no list.
  const extension = key.slice(dot + 1).toLowerCase();
  if (extension === 'jpg' || extension === 'jpeg') return 'jpg';
  return RAW_EXTENSIONS.has(extension) ? 'raw' : 'other';
}
