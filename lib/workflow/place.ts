// Where a piece of a range stands in key order, as a number: how its room is shared out when it is cut.

/** The room `[from, to)`, between the range's own number and the next. */
export interface Place {
  readonly from: number;
  readonly to: number;
  /** How often a part below it has been cut off. */
  readonly cuts: number;
}

export const wholePlace = (of: number): Place => ({ from: of, to: of + 1, cuts: 0 });

/**
 * The lower and the upper part; undefined where no number is left between. Halving would be at its end after 48 cuts of what always is
 * the upper part: a range without an upper end, where camera follows camera, is cut thousands of times there. So the
 * lower one is given a half, a third of what is left, a quarter of that: after `n` cuts the upper one still has 1 / (n + 1) of it all.
 * The part below begins anew, by halves: it is cut in the middle of its keys, and they come to an end.
 */
export const cutPlace = ({ from, to, cuts }: Place): readonly [Place, Place] | undefined => {
  const at = from + (to - from) / (cuts + 2);
  if (!(from < at && at < to)) return undefined;
  return [
    { from, to: at, cuts: 0 },
    { from: at, to, cuts: cuts + 1 },
  ];
};
