// Draws a small time-lapse picture as a baseline JPEG: real enough to be decoded, made in a fraction of a millisecond.

/** Of 8 x 8 pixels each. */
const BLOCKS_WIDE = 32;
const BLOCKS_HIGH = 20;
/** Coefficients of noise in a block: a picture of about 7 KB, as an encoder would make of a grainy scene. */
const GRAINS = 24;

/** The scene of a moment, 0 (midnight) to 1; `seed` makes the grain. The same arguments give the same bytes. */
export const drawPicture = (timeOfDay: number, seed: number): Buffer => {
  const bits = new BitWriter();
  const random = randomFrom(seed);
  const before = [0, 0, 0];
  for (let y = 0; y < BLOCKS_HIGH; y++) {
    for (let x = 0; x < BLOCKS_WIDE; x++) {
      const colour = colourOf(x / BLOCKS_WIDE, y / BLOCKS_HIGH, timeOfDay);
      for (let component = 0; component < 3; component++) {
        const level = Math.round(colour[component]!);
        writeMean(bits, level - before[component]!);
        before[component] = level;
        if (component === 0) writeGrain(bits, random);
        bits.write(END_OF_BLOCK.code, END_OF_BLOCK.bits);
      }
    }
  }
  return Buffer.concat([HEADER, bits.end(), Buffer.from([0xff, 0xd9])]);
};

/** Brightness and two colour differences of a block, each -128 to 127: a sky with a sun, hills below. */
const colourOf = (x: number, y: number, timeOfDay: number): [number, number, number] => {
  const daylight = Math.max(0, Math.sin((timeOfDay - 0.22) * Math.PI * 1.75));
  const hill = 0.68 + 0.08 * Math.sin(x * 7) + 0.04 * Math.sin(x * 17);
  if (y > hill) return [-100 + 70 * daylight, -12, -14];
  const sun = Math.hypot(x - timeOfDay * 1.6 + 0.3, (y - 0.95 + 0.75 * daylight) * 0.62) < 0.06;
  if (sun && daylight > 0) return [115, -70, 45];
  const dusk = daylight * (1 - daylight) * 4;
  return [-95 + 175 * daylight - 25 * y, 35 - 40 * dusk * y, -18 + 70 * dusk * y];
};

/** A linear congruential generator (Numerical Recipes): the same pictures on every machine. */
const randomFrom = (seed: number): (() => number) => {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
};

// --- JPEG. Huffman tables of its own, with just the symbols it writes, instead of the standard's 162.

/** How many bits a difference of means takes: 0 to 8, every code 4 bits long. */
const MEAN_SIZES = [0, 1, 2, 3, 4, 5, 6, 7, 8];
/** A coefficient of one bit, of two bits, and the end of the block: codes 0, 10 and 110. */
const GRAIN_SYMBOLS = [0x01, 0x02, 0x00];
const END_OF_BLOCK = { code: 0b110, bits: 3 };

const writeMean = (bits: BitWriter, difference: number): void => {
  const size = 32 - Math.clz32(Math.abs(difference));
  bits.write(size, 4);
  bits.write(difference < 0 ? difference + (1 << size) - 1 : difference, size);
};

const writeGrain = (bits: BitWriter, random: () => number): void => {
  for (let i = 0; i < GRAINS; i++) {
    const grain = random() >>> 29;
    // -1 and 1 take a bit behind their code, -3, -2, 2 and 3 take two.
    if (grain < 4) bits.write(grain & 1, 2);
    else bits.write(0b1000 | (grain & 3), 4);
  }
};

class BitWriter {
  private readonly bytes = Buffer.allocUnsafe(BLOCKS_WIDE * BLOCKS_HIGH * 64);
  private length = 0;
  private held = 0;
  private heldBits = 0;

  write(value: number, bits: number): void {
    this.held = (this.held << bits) | value;
    this.heldBits += bits;
    while (this.heldBits >= 8) {
      this.heldBits -= 8;
      const byte = (this.held >>> this.heldBits) & 0xff;
      this.bytes[this.length++] = byte;
      // A 0xff among the data would look like a marker.
      if (byte === 0xff) this.bytes[this.length++] = 0;
      this.held &= (1 << this.heldBits) - 1;
    }
  }

  /** The last byte is filled up with ones, as the standard wants it. */
  end(): Buffer {
    if (this.heldBits > 0) this.write((1 << (8 - this.heldBits)) - 1, 8 - this.heldBits);
    return this.bytes.subarray(0, this.length);
  }
}

const segment = (marker: number, ...content: number[]): number[] => [
  0xff,
  marker,
  (content.length + 2) >> 8,
  (content.length + 2) & 0xff,
  ...content,
];

/** How many codes there are of each length from 1 to 16, then the symbols. */
const huffmanTable = (place: number, lengths: Readonly<Record<number, number>>, symbols: readonly number[]): number[] =>
  segment(0xc4, place, ...Array.from({ length: 16 }, (_, i) => lengths[i + 1] ?? 0), ...symbols);

const WIDTH = BLOCKS_WIDE * 8;
const HEIGHT = BLOCKS_HIGH * 8;
const COMPONENTS = [1, 2, 3];

const HEADER = Buffer.from([
  ...[0xff, 0xd8],
  ...segment(0xe0, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0),
  // A mean of 1 is one step of brightness (8 is the transform's factor); grain is multiplied by 3.
  ...segment(0xdb, 0, 8, ...new Array<number>(63).fill(3)),
  ...segment(
    0xc0,
    8,
    HEIGHT >> 8,
    HEIGHT & 0xff,
    WIDTH >> 8,
    WIDTH & 0xff,
    3,
    ...COMPONENTS.flatMap((c) => [c, 0x11, 0]),
  ),
  ...huffmanTable(0x00, { 4: MEAN_SIZES.length }, MEAN_SIZES),
  ...huffmanTable(0x10, { 1: 1, 2: 1, 3: 1 }, GRAIN_SYMBOLS),
  ...segment(0xda, 3, ...COMPONENTS.flatMap((c) => [c, 0x00]), 0, 63, 0),
]);
