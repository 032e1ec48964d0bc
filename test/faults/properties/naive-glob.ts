// What a glob says, read as slowly and as plainly as can be: tries everything, character by character.

/** Every way to read `{a,b}`, nested ones too; what stands behind a backslash is no brace. */
const alternatives = (glob: string): string[] => {
  let depth = 0;
  let from = 0;
  const cuts: number[] = [];
  for (let i = 0; i < glob.length; i++) {
    if (glob[i] === '\\') i++;
    else if (glob[i] === '{') {
      if (depth++ === 0) from = i;
    } else if (glob[i] === ',' && depth === 1) cuts.push(i);
    else if (glob[i] === '}' && --depth === 0) {
      const ends = [from, ...cuts, i];
      const parts = ends.slice(1).map((end, n) => glob.slice((ends[n] ?? 0) + 1, end));
      return parts.flatMap((part) => alternatives(glob.slice(0, from) + part + glob.slice(i + 1)));
    }
  }
  return [glob];
};

/** Whether `text` can be eaten up by `glob`, which has no braces any more. */
const eats = (glob: string, text: string): boolean => {
  if (glob === '') return text === '';
  const first = [...text][0] ?? '';
  const rest = text.slice(first.length);
  if (glob.startsWith('**/')) {
    // No folder at all, or any number of them.
    if (eats(glob.slice(3), text)) return true;
    return [...text].some((char, i, all) => char === '/' && eats(glob.slice(3), all.slice(i + 1).join('')));
  }
  if (glob.startsWith('**')) return eats(glob.slice(2), text) || (first !== '' && eats(glob, rest));
  if (glob.startsWith('*')) return eats(glob.slice(1), text) || (first !== '' && first !== '/' && eats(glob, rest));
  if (first === '') return false;
  if (glob.startsWith('?')) return first !== '/' && eats(glob.slice(1), rest);
  const set = /^\[(!?)(.)(?:-(.))?\]/u.exec(glob);
  if (set) {
    const [whole, not, low = '', high = low] = set;
    const isIn = first.codePointAt(0)! >= low.codePointAt(0)! && first.codePointAt(0)! <= high.codePointAt(0)!;
    return first !== '/' && isIn === (not === '') && eats(glob.slice(whole.length), rest);
  }
  const literal = glob.startsWith('\\') ? glob.slice(1) : glob;
  const char = [...literal][0] ?? '';
  return char === first && eats(literal.slice(char.length), rest);
};

/** A star that stands for a whole name stands for one with a character at least: `cam1/*` is not `cam1/` itself. */
const readings = (glob: string): string[] => alternatives(glob).map((one) => one.replace(/(^|\/)\*(?=\/|$)/g, '$1?*'));

/** A file's name, or with a `/` the whole key; ending in `/` everything below. A folder's marker matches as the folder does. */
export const matches = (glob: string, key: string): boolean => {
  const isMarker = key.endsWith('/');
  if (!glob.includes('/')) {
    const name = (isMarker ? key.slice(0, -1) : key).split('/').at(-1) ?? '';
    return readings(glob).some((one) => eats(one, name));
  }
  return readings(glob).some((one) => {
    if (one.endsWith('/')) return ['', ...key].some((_, i, all) => eats(one, all.slice(0, i + 1).join('')));
    return eats(one, key) || (isMarker && /[*\]]$/.test(one) && eats(one, key.slice(0, -1)));
  });
};
