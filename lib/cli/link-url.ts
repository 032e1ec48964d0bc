// A link as an API gave it: whoever runs the API chose it, and must not choose which program or file of this machine opens.
import { printable } from '../report/printable.ts';
import { isLoopback } from './api-address.ts';

/** Throws for what is neither https nor this machine's own http. */
export const linkUrl = (text: string): URL => {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return url;
  throw new Error(`the API's link "${printable(text.slice(0, 200))}" is not opened: only https links are`);
};
