// Who is let in: requests to this server by its own name, from no other web page, with its token.
// A page in the user's browser can send requests to 127.0.0.1, and a name of its own can be made to lead there.
import type { MiddlewareHandler } from 'hono';
import { problem, problemResponse } from '../api/problem.ts';
import { sameText } from './signed-links.ts';

/** What this machine calls itself, whichever of its addresses the server is bound to. */
const OWN_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** As `Host` has it; browsers leave the port of plain HTTP out. */
const ownHosts = (port: number): readonly string[] =>
  OWN_NAMES.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));

export const refuseForeign =
  (port: number): MiddlewareHandler =>
  async ({ req }, next) => {
    const hosts = ownHosts(port);
    const host = req.header('host')?.toLowerCase();
    if (host === undefined || !hosts.includes(host)) {
      return no(403, `This server answers to ${hosts[0]} and localhost only; the request was for another host.`);
    }
    const origin = req.header('origin')?.toLowerCase();
    if (origin !== undefined && origin !== `http://${host}`) {
      return no(403, 'Web pages of other origins are not answered: send the request from a program, without Origin.');
    }
    return next();
  };

export const requireToken =
  (token: string): MiddlewareHandler =>
  async ({ req }, next) => {
    const [, given] = /^Bearer +([\x21-\x7e]+) *$/i.exec(req.header('authorization') ?? '') ?? [];
    if (given !== undefined && sameText(given, token)) return next();
    const challenge =
      given === undefined ? 'Bearer realm="picferry"' : 'Bearer realm="picferry", error="invalid_token"';
    return no(
      401,
      'Send "Authorization: Bearer TOKEN" with the token that "picferry serve" printed and keeps in serve.json of its state folder.',
      { 'WWW-Authenticate': challenge },
    );
  };

const no = (status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Response =>
  // Closed: the body of somebody who is not let in is not waited for.
  problemResponse(problem(status, detail), { 'Cache-Control': 'no-store', Connection: 'close', ...headers });
