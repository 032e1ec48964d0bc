// A glob in RE2's syntax. `compileGlobs` says what a glob means.
import { readClass } from './glob-class.ts';

const LITERAL_WITH_MEANING = /[!-/:-@[-`{-~]/;
const literal = (char: string): string => (LITERAL_WITH_MEANING.test(char) && char !== '/' ? `\\${char}` : char);

/** No key is longer. */
const MAX_LENGTH = 1_024;

const OPENS_GROUP: Readonly<Record<string, string>> = { '?': ')?', '*': ')*', '+': ')+', '@': ')' };

/** What came last: it decides what `**` and `+` mean. */
type Last = 'edge' | 'star' | 'set' | 'group' | 'other';

interface Open {
  readonly char: '{' | '(';
  /** How it ends in RE2's syntax. */
  readonly close: string;
}

/** Throws, saying why, where it is no glob. */
export function translateGlob(glob: string): string {
  if (glob === '') throw new Error('it must be non-empty');
  if (glob.length > MAX_LENGTH) throw new Error(`it has more than ${MAX_LENGTH} characters`);
  return new Translation(glob).source;
}

class Translation {
  source = '';
  private readonly chars: readonly string[];
  private readonly open: Open[] = [];
  private at = 0;
  private last: Last = 'edge';
  private inRanges = 0;

  constructor(glob: string) {
    // By code points; half a surrogate pair stays what it is.
    this.chars = [...glob];
    while (this.at < this.chars.length) this.next(this.chars[this.at]!);
    const [unclosed] = this.open;
    if (unclosed !== undefined) throw missing('closing', unclosed.char === '(' ? ')' : '}');
    // A folder's marker is found as the folder is.
    if (this.last === 'star' || this.last === 'set') this.source += '/?';
  }

  private next(char: string): void {
    const opensGroup = this.chars[this.at + 1] === '(' && (char === '!' || char in OPENS_GROUP);
    if (opensGroup) this.group(char);
    else if (char === '\\') this.escaped(this.chars[this.at + 1]);
    else if (char === '*') this.stars();
    else if (char === '?') this.take('[^/]');
    else if (char === '+') this.plus();
    else if (char === '[') this.set();
    else if (char === ']') throw missing('opening', '[');
    else if (char === '(') this.group('');
    else if (char === '{') this.brace();
    else if (char === '/') this.take('/', 'edge');
    else this.separator(char);
  }

  private take(source: string, last: Last = 'other', length = 1): void {
    this.source += source;
    this.last = last;
    this.at += length;
  }

  private separator(char: string): void {
    const inner = this.open.at(-1);
    const [separates, closes] = inner?.char === '{' ? ',}' : inner?.char === '(' ? '|)' : '';
    if (inner !== undefined && char === closes) {
      this.open.pop();
      this.take(inner.close, 'group');
    } else if (char === separates) this.take('|', 'edge');
    else if (char === ')') throw inner === undefined ? missing('opening', '(') : missing('closing', '}');
    else this.take(literal(char));
  }

  private escaped(char: string | undefined): void {
    if (char === undefined) throw new Error('it ends in "\\", which says that the next character is no wildcard');
    this.take(literal(char), char === '/' ? 'edge' : 'other', 2);
  }

  private stars(): void {
    let count = 1;
    while (this.chars[this.at + count] === '*' && this.chars[this.at + count + 1] !== '(') count++;
    const after = this.chars[this.at + count];
    const whole = this.last === 'edge' && this.isEdge(after);
    if (!whole) this.take('[^/]*', 'star', count);
    // `a/*` is not the marker `a/`.
    else if (count === 1) this.take(after === undefined ? '[^/]+' : '[^/]*', 'star');
    else if (after === '/') this.take('(?:.*/)?', 'edge', count + 1);
    else this.take('.*', 'star', count);
  }

  private isEdge(char: string | undefined): boolean {
    if (char === undefined || char === '/') return true;
    const inner = this.open.at(-1)?.char;
    return inner === '{' ? char === ',' || char === '}' : inner === '(' && (char === '|' || char === ')');
  }

  // `[0-9]+` says something else in regular expressions: nobody shall wonder why it finds nothing.
  private plus(): void {
    if (this.last === 'set' || this.last === 'group')
      throw new Error('"+" repeats nothing here: write +(…) to repeat, "\\+" for the character');
    this.take('\\+');
  }

  private set(): void {
    const { source, end } = readClass(this.chars, this.at + 1);
    this.take(source, 'set', end - this.at);
  }

  private group(kind: string): void {
    if (kind === '!') throw new Error('"!(" is not taken: what shall not match belongs to the opposite list');
    if (kind === '' && this.chars[this.at + 1] === '?') throw new Error('"(?" belongs to regular expressions');
    this.open.push({ char: '(', close: OPENS_GROUP[kind] ?? ')' });
    this.take('(?:', 'edge', kind === '' ? 1 : 2);
  }

  private brace(): void {
    const { end, alternatives, range } = this.contents();
    if (range) {
      const text = this.chars.slice(this.at + 1, end).join('');
      this.take(this.range(text), 'group', end + 1 - this.at);
    } else if (alternatives) {
      this.open.push({ char: '{', close: ')' });
      this.take('(?:', 'edge');
    } else this.take('\\{');
  }

  private contents(): { readonly end: number; readonly alternatives: boolean; readonly range: boolean } {
    let [depth, alternatives, range] = [0, false, false];
    for (let i = this.at + 1; i < this.chars.length; i++) {
      const char = this.chars[i];
      if (char === '}' && depth === 0) return { end: i, alternatives, range };
      if (char === '\\') i++;
      else if (char === '{') depth++;
      else if (char === '}') depth--;
      else if (depth === 0 && char === ',') alternatives = true;
      else if (depth === 0 && char === '.' && this.chars[i + 1] === '.') range = true;
    }
    throw missing('closing', '}');
  }

  private range(text: string): string {
    const [, from, to] = /^(\d{1,15}|[a-zA-Z])\.\.(\d{1,15}|[a-zA-Z])$/.exec(text) ?? [];
    if (from !== undefined && to !== undefined) {
      if (/\D/.test(from) && /\D/.test(to) && from <= to) return `[${from}-${to}]`;
      const first = Number(from);
      const count = Number(to) - first + 1;
      if (count >= 1 && count <= MAX_IN_RANGES - this.inRanges) {
        this.inRanges += count;
        const names = Array.from({ length: count }, (_, i) => String(first + i).padStart(from.length, '0'));
        return `(?:${names.join('|')})`;
      }
    }
    throw new Error(
      `a range is {1..31}, {01..12} or {a..f}, ascending and alone in its braces, all of a glob at most ${MAX_IN_RANGES} long`,
    );
  }
}

const MAX_IN_RANGES = 1_000;

const missing = (what: 'opening' | 'closing', char: string): Error =>
  new Error(`Missing ${what}: "${char}"; the character itself is written with a "\\" before it`);
