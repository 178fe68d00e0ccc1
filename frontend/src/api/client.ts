import createClient, { type Middleware } from "openapi-fetch";
import { errorOf, Offline } from "./errors";
import type { paths } from "./schema";

const AUTH = "/api/v1/auth/";
const RENEW = `${AUTH}refresh`;

let signedOut: () => void = () => undefined;
let renewing: Promise<boolean> | undefined;

/** Told when a session has ended, so that the reader can sign in and go on. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

/** Renew the session by its cookie; one attempt, however many requests wait for it. */
function renewed(): Promise<boolean> {
  renewing ??= fetch(RENEW, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  })
    .then((answer) => answer.ok)
    .finally(() => {
      renewing = undefined;
    });
  return renewing;
}

const isAuth = (request: Request) => new URL(request.url).pathname.startsWith(AUTH);

/** Send a request; when the access token has run out, renew it and send once more. */
export async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await fetch(request);
  if (answer.status !== 401 || isAuth(request)) return answer;
  return (await renewed()) ? fetch(again) : answer;
}

const outcome: Middleware = {
  async onResponse({ request, response }) {
    if (response.ok || response.status === 304) return undefined;
    // A wrong password is no session that ended: the form stays as it is, and says so.
    if (response.status === 401 && !isAuth(request)) signedOut();
    const body: unknown = await response.json().catch(() => null);
    throw await errorOf(response.status, body, response.headers.get("X-Trace-Id") ?? "");
  },
  onError({ error }) {
    return error instanceof TypeError ? new Offline() : undefined;
  },
};

export const api = createClient<paths>({ baseUrl: "", fetch: send });
api.use(outcome);

/** The body of a good answer; a bad one has been thrown before. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
