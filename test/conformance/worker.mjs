// The Lambda of the conformance cases: the same lines run in the emulator and under the interpreter. Its input says what it does.
export const handler = async (event) => {
  if (event.item?.breaks) throw new Error('as asked');
  if (event.item?.loops) {
    const left = (event.progress?.left ?? event.item.loops) - 1;
    return { left, done: left === 0 };
  }
  return { seen: event };
};
