// What a presigned link says of itself: S3 goes by nothing else.

/** Signed at X-Amz-Date for X-Amz-Expires seconds; the end in ms. */
export const endOfPresigned = (url: string): number => {
  const { searchParams } = new URL(url);
  const [, day, time] = /^(\d{8})T(\d{6})Z$/.exec(searchParams.get('X-Amz-Date') ?? '') ?? [];
  const at = `${day?.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time?.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`;
  return Date.parse(at) + Number(searchParams.get('X-Amz-Expires')) * 1000;
};
